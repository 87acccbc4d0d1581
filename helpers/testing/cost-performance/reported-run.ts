/** Runs Playwright inside Playwright with this reporter, and reads its output. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type InnerResult, test as base } from '../index.ts';
import type { ReporterOptions } from '../../../reporters/cost-performance/index.ts';
import type { Summary } from '../../../reporters/cost-performance/summary/index.ts';

export { expect };

const reporter = fileURLToPath(new URL('../../../reporters/cost-performance/index.ts', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Specs without servers: an inner run takes about a second. */
export const quick = `import { expect, test } from ${JSON.stringify(path.join(root, 'fixtures/index.ts'))};\n`;

export interface ReportedRun extends InnerResult {
  /** Undefined when there is none. */
  readonly summary: Summary | undefined;
}

export interface InnerReport {
  readonly spec: string;
  readonly options?: ReporterOptions;
  /** Additional source of the configuration. */
  readonly config?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

/** The real configuration, with this reporter beside the list reporter. */
export function configuration(options: ReporterOptions, more = ''): string {
  return `
    import base from ${JSON.stringify(path.join(root, 'playwright.config.ts'))};
    const { projects, ...rest } = base;
    export default {
      ...rest,
      globalSetup: ${JSON.stringify(path.join(root, 'fixtures/global-setup.ts'))},
      captureGitInfo: {}, workers: 1, retries: 1, failOnFlakyTests: false, testMatch: '*.spec.ts', outputDir: 'results',
      projects: [{ name: 'shop' }],
      reporter: [
        ['list'], [${JSON.stringify(reporter)}, ${JSON.stringify(options)}], ['json', { outputFile: 'report.json' }],
      ],
      ${more}
    };
  `;
}

/** Reads the outcome of an inner run with this reporter. */
export function reported(result: InnerResult): ReportedRun {
  const file = path.join(result.folder, 'playwright-report', 'cost-performance.json');
  return { ...result, summary: existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Summary) : undefined };
}

export const test = base.extend<{ runReported: (run: InnerReport) => Promise<ReportedRun> }>({
  /** Runs Playwright with this reporter on a spec. */
  runReported: [
    async ({ runInlineTest }, use) => {
      await use(async ({ spec, options = {}, config, args = [], env = {}, files }) => {
        return reported(
          await runInlineTest(
            { 'playwright.config.ts': configuration(options, config), 'a.spec.ts': `${quick}${spec}`, ...files },
            { args, env },
          ),
        );
      });
    },
    { box: true },
  ],
});
