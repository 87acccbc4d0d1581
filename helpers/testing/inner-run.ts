import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import type { JSONReport, JSONReportSpec, JSONReportSuite } from '@playwright/test/reporter';
import { attachmentName, type Measurement, type MeasurementDocument } from '../run/measurements/index.ts';
import { stopProcess } from '../run/processes/index.ts';
import { waitFor } from '../lib/wait.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** The imports of inner specs. */
export const imports = `import { expect, test } from ${JSON.stringify(path.join(checkout, 'fixtures/index.ts'))};\n`;

export interface InnerOptions {
  /** Variables set for the run, or with `undefined` unset. The outer run's configuration is not inherited. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Additional arguments of `playwright test`. */
  readonly args?: readonly string[];
  /** Playwright's command: `test`, or `test-server`, by which editors run tests. */
  readonly command?: 'test' | 'test-server';
  /** A command that ends with `exec "$@"`, by which Playwright is started. */
  readonly through?: readonly string[];
}

/** One attempt at a test of an inner run; a test that was not started has none. */
export interface InnerTest {
  readonly title: string;
  readonly project: string;
  readonly status: string;
  readonly errors: readonly string[];
  /** Their descriptions, by type. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Their names. */
  readonly attachments: readonly string[];
  /** Attachments of plain text, by name. */
  readonly texts: Readonly<Record<string, string>>;
  /** The recorded measurements. */
  readonly measurements: readonly Measurement[];
}

export interface InnerResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly tests: readonly InnerTest[];
  /** Errors outside of tests: of the configuration, of global set-up and teardown, of workers. */
  readonly errors: readonly string[];
  /** Its working folder. */
  readonly folder: string;
  /** Everything that it printed, without terminal colours. */
  readonly output: string;
}

/** A Playwright that a test has started on specs of its own. */
export class InnerRun {
  readonly pid: number;
  readonly ended: Promise<InnerResult>;
  readonly #child: ChildProcess;
  #output = '';

  /** @param folder created inside the checkout, so that `@playwright/test` is found from there. */
  constructor(
    folder: string,
    files: Readonly<Record<string, string>>,
    { env = {}, args = [], through = [], command = 'test' }: InnerOptions = {},
  ) {
    mkdirSync(folder, { recursive: true });
    const all = { 'package.json': '{ "type": "module" }', 'playwright.config.ts': config, ...files };
    for (const [name, text] of Object.entries(all)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    const cli = createRequire(import.meta.url).resolve('@playwright/test/cli');
    const [program, ...rest] = [...through, process.execPath, cli, command, ...args];
    this.#child = spawn(program!, rest, {
      cwd: folder,
      detached: true,
      stdio: [command === 'test' ? 'ignore' : 'pipe', 'pipe', 'pipe'], // an editor's server ends with its input
      env: { ...inherited(), FORCE_COLOR: '0', ...env },
    });
    if (this.#child.pid === undefined) throw new Error('Playwright could not be started.');
    this.pid = this.#child.pid;
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (exitCode) =>
        resolve({ exitCode, ...readReport(folder), folder, output: this.output }),
      );
    });
  }

  get output(): string {
    return stripVTControlCharacters(this.#output).trim();
  }

  /** Waits for a line `name=value` in the output, and returns the value. */
  printed(name: string, timeout = 120_000): Promise<string> {
    return this.matched(new RegExp(`^${name}=(.*)$`, 'm'), timeout);
  }

  /** Waits for output that matches, and returns its first group. */
  async matched(line: RegExp, timeout = 120_000): Promise<string> {
    await waitFor(() => line.test(this.output) || this.#hasEnded, timeout, 5);
    const value = line.exec(this.output)?.[1];
    if (value === undefined)
      throw new Error(
        `The inner run ${this.#hasEnded ? 'has ended' : 'goes on'} and has not printed ${line}; ` +
          `it printed:\n${this.output}`,
      );
    return value;
  }

  /** Sends a signal to the runner alone. */
  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends SIGINT to the runner's process group, as a terminal does on Ctrl-C. */
  interrupt(): void {
    process.kill(-this.pid, 'SIGINT');
  }

  async stop(): Promise<void> {
    if (!this.#hasEnded) await stopProcess(this.pid, 'SIGINT', 10_000);
    await this.ended;
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}

/** The real configuration, applied to other specs. */
const config = `
import base from ${JSON.stringify(path.join(checkout, 'playwright.config.ts'))};

const { projects, ...rest } = base;
export default {
  ...rest,
  globalSetup: ${JSON.stringify(path.join(checkout, 'fixtures/global-setup.ts'))},
  captureGitInfo: {},
  workers: 1,
  testMatch: '*.spec.ts',
  outputDir: 'results', // a separate one, because Playwright empties it
  reporter: [['list'], ['json', { outputFile: 'report.json' }]],
};
`;

/** The environment without the configuration of a run or of Playwright; the cache may be shared. */
function inherited(): NodeJS.ProcessEnv {
  const { PROVING_GROUND_CACHE, ...environment } = process.env;
  const kept = Object.entries(environment).filter(
    ([name]) =>
      !/^(PROVING_GROUND_|TEST_|TARGET$|PLAYWRIGHT_|PW_|CI$|GITHUB_|FORCE_COLOR$|DEBUG|NODE_OPTIONS$)/.test(name),
  );
  return { ...Object.fromEntries(kept), PROVING_GROUND_CACHE };
}

function readReport(folder: string): Pick<InnerResult, 'tests' | 'errors'> {
  let report: JSONReport;
  try {
    report = JSON.parse(readFileSync(path.join(folder, 'report.json'), 'utf8')) as JSONReport;
  } catch {
    return { tests: [], errors: [] }; // killed, or ended before its first report
  }
  return { tests: report.suites.flatMap(specsOf).flatMap(testsOf), errors: report.errors.map(textOf) };
}

function specsOf(suite: JSONReportSuite): JSONReportSpec[] {
  return [...suite.specs, ...(suite.suites ?? []).flatMap(specsOf)];
}

function testsOf({ title, tests }: JSONReportSpec): InnerTest[] {
  return tests.flatMap(({ results, projectName }) =>
    results.map(({ status = '', errors, annotations, attachments }) => ({
      title,
      project: projectName,
      status,
      errors: errors.map(textOf),
      annotations: Object.fromEntries(annotations.map(({ type, description = '' }) => [type, description])),
      attachments: attachments.map(({ name }) => name),
      texts: Object.fromEntries(
        attachments
          .filter(({ contentType, body }) => contentType === 'text/plain' && body !== undefined)
          .map(({ name, body = '' }) => [name, Buffer.from(body, 'base64').toString()]),
      ),
      measurements: attachments.filter(({ name }) => name === attachmentName).flatMap(measurementsIn),
    })),
  );
}

function measurementsIn({ body = '' }: { body?: string | undefined }): readonly Measurement[] {
  return (JSON.parse(Buffer.from(body, 'base64').toString()) as MeasurementDocument).measurements;
}

function textOf({ message = '' }: { message?: string | undefined }): string {
  return stripVTControlCharacters(message);
}
