import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { FullConfig, FullResult, Reporter, Suite, TestError } from '@playwright/test/reporter';
import { messageOf } from '../../helpers/lib/environment.ts';
import { type Ledger, readLedger } from '../../helpers/run/measurements/index.ts';
import { UsageError } from '../../helpers/lib/usage.ts';
import {
  createRunner,
  noteRunner,
  type PlannedTest,
  plannedTests,
  recordMerged,
  recordRun,
  type Runner,
  shardFileName,
  ShardWatch,
  writeShardFile,
} from './collect/index.ts';
import { fileName, writeFiles } from './files.ts';
import { missingShardsInWords } from './gates/index.ts';
import { readOptions, type Settings } from './options.ts';
import { reporterParts as parts } from './parts.ts';
import { hasHtmlReport } from './places.ts';
import type { RunRecord, ShardRecord } from './record.ts';
import { type Report, reportOn } from './report.ts';
import { renderTerminal } from './writers/index.ts';

export type { ReporterOptions } from './options.ts';

/**
 * Reports what a run cost, what became slower and what was left behind: a table in the terminal,
 * `cost-performance.html` and `.json` beside Playwright's HTML report, and in CI the job's summary. A shard leaves its
 * data for the merge beside its blob. Must stand before `balanced-shards`, `html` and `blob` in the list of reporters.
 * Costs some milliseconds a second, and at the end about a tenth of a second for some hundred tests.
 */
export default class CostAndPerformance implements Reporter {
  readonly #settings: Settings;
  readonly #folder: string;
  readonly #watch: ShardWatch | undefined;
  readonly #errors: string[] = [];
  #planned: readonly PlannedTest[] = [];
  #runner!: Runner;
  #config!: FullConfig;
  #suite!: Suite;
  /** Done at the very end, because Playwright's own reports would remove our files, and print below our table. */
  readonly #conclusions: (() => void)[] = [];

  constructor({ configDir, ...given }: { readonly configDir: string } & Readonly<Record<string, unknown>>) {
    this.#folder = configDir;
    const own = Object.fromEntries(
      Object.entries(given).filter(([key]) => !key.startsWith('_') && key !== 'onlyFailures'),
    ); // ours lies beside Playwright's
    this.#settings = readOptions(own, (file) => path.resolve(configDir, file));
    this.#watch = this.#settings.merge === undefined ? new ShardWatch(parts.dataFolder) : undefined;
  }

  printsToStdio(): boolean {
    return false; // prints nothing while tests run
  }

  preprocess({ config, suite }: { config: FullConfig; suite: Suite }): Promise<void> {
    this.#planned = plannedTests(suite, config);
    return Promise.resolve();
  }

  onBegin(config: FullConfig, suite: Suite): void {
    this.#config = config;
    this.#suite = suite;
    this.#runner = createRunner(config);
    this.#watch?.begin();
    if (this.#watch !== undefined && this.#blobs !== undefined) noteRunner(this.#runner, suite);
  }

  onError({ message, value }: TestError): void {
    this.#errors.push(stripVTControlCharacters(message ?? value ?? '').split('\n')[0]!);
  }

  async onEnd(result: FullResult): Promise<{ status?: FullResult['status'] } | undefined> {
    const tests = this.#suite.allTests();
    const told = { config: this.#config, suite: this.#suite, result, errors: this.#errors };
    if (this.#watch === undefined) {
      const record = recordMerged(told, parts.readCompanions(this.#settings.merge!), parts);
      return record.tests.length === 0 && record.status === 'passed' ? undefined : this.#report(record);
    }
    const isList = result.status === 'passed' && tests.every(({ results }) => results.length === 0);
    if (isList && tests.length > 0) return undefined;
    const ledger = ledgerOf(this.#config);
    const shard = await this.#watch.end(this.#config, ledger);
    if (this.#blobs !== undefined) this.#leaveForMerge(this.#blobs, shard, ledger, result);
    const isToBeMerged = this.#config.shard !== null && this.#blobs !== undefined;
    if (isToBeMerged || tests.length === 0) return undefined; // that there are none Playwright says
    return this.#report(recordRun(told, shard, ledger, parts));
  }

  get #blobs(): string | undefined {
    return parts.places.blobs(this.#config, this.#folder);
  }

  /** Also where the shard has no tests, or did not get as far as to find them. */
  #leaveForMerge(blobs: string, shard: ShardRecord, { attempts }: Ledger, { status }: FullResult): void {
    const file = {
      runner: this.#runner,
      shard,
      status,
      errors: this.#errors,
      tests: this.#suite.allTests().map(({ id }) => id),
      planned: this.#planned,
      attempts: [...attempts].map(([attempt, measurements]) => ({ attempt, measurements })),
    };
    this.#conclusions.push(() => writeShardFile(blobs, shardFileName(this.#runner), file));
  }

  onExit(): Promise<void> {
    try {
      for (const conclude of this.#conclusions) conclude();
    } catch (error) {
      say(`What this run cost cannot be written (${messageOf(error)}).`);
    }
    return Promise.resolve();
  }

  #report(record: RunRecord): { status?: FullResult['status'] } | undefined {
    const { history: file } = this.#settings;
    const history = file === false ? { runs: [], problems: [] } : parts.readHistory(file);
    const folder = parts.places.html(this.#config, this.#folder);
    const report = reportOn(record, history, this.#settings, parts, {
      hasPlaywrightReport: hasHtmlReport(this.#config),
      hrefOf: (attached) => parts.places.attachment(attached, folder, this.#config),
    });
    const { summary } = report;
    this.#annotate(summary.all);
    try {
      if (hasHtmlReport(this.#config)) this.#link();
    } catch (error) {
      say(`Playwright's report does not link to ours (${messageOf(error)}).`);
    }
    const page = path.join(folder, `${fileName}.html`);
    this.#conclusions.push(() => {
      const color = process.stdout.isTTY && process.stdout.hasColors();
      process.stdout.write(`\n${renderTerminal(summary, { report: path.relative(process.cwd(), page), color })}`);
      for (const complaint of writeFiles(
        report,
        { folder, history: file, jobSummary: process.env['GITHUB_STEP_SUMMARY'] },
        parts,
      ))
        say(complaint);
    });
    const failed = summary.gates.filter(({ state }) => state === 'failed').map(({ sentence }) => sentence);
    if (this.#watch !== undefined) return failed.length === 0 ? undefined : { status: 'failed' };
    // Also where no gate asks: what is merged is not the run. There is no other way to make a merge fail.
    if (failed.length === 0 && record.missingShards.length > 0) failed.push(missingShardsInWords(record.missingShards));
    if (failed.length > 0) throw new UsageError(failed.join(' '));
    return undefined;
  }

  /** Adds one line to each test in Playwright's HTML report, as an annotation of the attempt. */
  #annotate(tests: Report['summary']['all']): void {
    const remarks = new Map(tests.map(({ id, remark }) => [id, remark]));
    for (const { id, results } of this.#suite.allTests()) {
      const description = remarks.get(id);
      if (description !== undefined) results.at(-1)?.annotations.push({ type: 'cost and performance', description });
    }
  }

  /** Links each test in Playwright's HTML report to the same test in ours, by a page that the report copies. */
  #link(): void {
    const folder = mkdtempSync(path.join(tmpdir(), 'proving-ground-links-'));
    this.#conclusions.push(() => rmSync(folder, { recursive: true, force: true }));
    for (const { id, results } of this.#suite.allTests()) {
      const file = path.join(folder, `${id}.html`);
      writeFileSync(file, leadingTo(`../${fileName}.html#test-${id}`));
      results.at(-1)?.attachments.push({ name: 'cost and performance', path: file, contentType: 'text/html' });
    }
  }
}

/** A page that leads on to another. */
function leadingTo(href: string): string {
  const title = 'Cost and performance';
  return [
    `<!doctype html><meta charset="utf-8"><title>${title}</title>`,
    `<meta http-equiv="refresh" content="0; url=${href}"><a href="${href}">${title}</a>`,
    '',
  ].join('\n');
}

/** The ledger of all projects' output folders. */
function ledgerOf({ projects }: FullConfig): Ledger {
  const ledgers = [...new Set(projects.map(({ outputDir }) => outputDir))].map(readLedger);
  return {
    attempts: new Map(ledgers.flatMap(({ attempts }) => [...attempts])),
    rest: ledgers.flatMap(({ rest }) => rest),
  };
}

function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}
