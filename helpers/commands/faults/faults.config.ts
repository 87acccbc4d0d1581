import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from '@playwright/test';
import type { AppDeclarationFixtures } from '../../../fixtures/app-declaration.ts';
import type { OptionFixtures } from '../../../fixtures/options.ts';
import { projectOf, readTrial } from './trial.ts';

// Playwright's configuration of one trial: many faults in one run, which share its servers, each in workers of its own.
const trial = readTrial();
const root = fileURLToPath(new URL('../../..', import.meta.url));

export default defineConfig<
  OptionFixtures['test'],
  OptionFixtures['worker'] & Pick<AppDeclarationFixtures['worker'], 'appOptions'>
>({
  globalSetup: path.join(root, 'fixtures/global-setup.ts'),
  fullyParallel: true,
  workers: trial.workers,
  timeout: 120_000,
  retries: 0,
  grepInvert: /@long/,
  reporter: [['./verdict-reporter.ts']],
  snapshotPathTemplate: '{testDir}/{testFileDir}/{arg}{ext}',
  projects: trial.faults.map((name) => projectOf(name, trial)),
});
