import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReporterDescription } from '@playwright/test';
import configured from '../../../playwright.config.ts';

// The project's configuration for an inner run of a bench: with the configured reporters, or without ours, and with a
// separate folder, so that nothing is left in the checkout. BENCH_TESTS is a folder of tests that replaces the
// project's. A slow run is no failure.
const root = fileURLToPath(new URL('../../..', import.meta.url));
const { BENCH_FOLDER: folder = '', BENCH_REPORTERS: reporters, BENCH_TESTS: tests } = process.env;

function inPlace(description: ReporterDescription): ReporterDescription[] {
  const [name, options = {}] = description;
  if (!name.startsWith('./reporters/')) return [description];
  return reporters === 'without ours'
    ? []
    : [
        [
          path.join(root, name),
          {
            ...(options as object),
            history: path.join(folder, 'history.jsonl'),
            gates: { duration: false, regressions: false },
          },
        ],
      ];
}

export default {
  ...configured,
  globalSetup: path.join(root, 'fixtures/global-setup.ts'),
  outputDir: path.join(folder, 'results'),
  projects:
    tests === undefined
      ? configured.projects!.map((project) => ({ ...project, testDir: path.join(root, project.testDir ?? '') }))
      : [{ name: 'generated', testDir: tests }],
  reporter: (configured.reporter as ReporterDescription[]).flatMap(inPlace),
};
