import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { FullConfig, FullResult, Reporter, Suite, TestError } from '@playwright/test/reporter';
import { messageOf } from '../../helpers/lib/environment.ts';
import { type Ledger, readLedger } from '../../helpers/run/measurements/index.ts';
import { UsageError } from '../../helpers/lib/usage.ts';
import { type ShardFile, recordMerged, recordRun, ShardWatch, writeShardFile } from './collect/index.ts';
import { fileName, writeFiles } from './files.ts';
import { readOptions, type Settings } from './options.ts';
import { reporterParts as parts } from './parts.ts';
import { blobFolder, htmlFolder } from './places.ts';
import type { RunRecord } from './record.ts';
import { type Report, reportOn } from './report.ts';
import { renderTerminal } from './writers/index.ts';

export type { ReporterOptions } from './options.ts';

/**
 * Reports what a run cost, what became slower and what was left behind: a table in the terminal,
 * `cost-performance.html` and `.json` beside Playwright's HTML report, and in CI the job's summary. A shard leaves its
 * data for the merge beside its blob. Must stand before `html` and `blob` in the list of reporters. Costs some
 * milliseconds a second, and at the end about a tenth of a second for some hundred tests.
 */
export default class CostAndPerformance implements Reporter {
  readonly #settings: Settings;
  readonly #folder: string;
  readonly #watch: ShardWatch | undefined;
  readonly #errors: string[] = [];
  #config!: FullConfig;
  #suite!: Suite;
  /** Done at the very end, because Playwright's own reports would remove our files, and print below our table. */
  #conclude: (() => void) | undefined;

  constructor({ configDir, ...given }: { readonly configDir: string } & Readonly<Record<string, unknown>>) {
    this.#folder = configDir;
    const own = Object.fromEntries(
      Object.entries(given).filter(([key]) => !key.startsWith('_') && key !== 'onlyFailures'),
    ); // ours lies beside Playwright's
    this.#settings = readOptions(own, (file) => path.resolve(configDir, file));
    process.env['PROVING_GROUND_REPORT'] = 'yes'; // the workers' tests link to the report
    this.#watch = this.#settings.merge === undefined ? new ShardWatch(configDir) : undefined;
  }

  printsToStdio(): boolean {
    return false; // prints nothing while tests run
  }

  onBegin(config: FullConfig, suite: Suite): void {
    this.#config = config;
    this.#suite = suite;
  }

  onError({ message, value }: TestError): void {
    this.#errors.push(stripVTControlCharacters(message ?? value ?? '').split('\n')[0]!);
  }

  async onEnd(result: FullResult): Promise<{ status?: FullResult['status'] } | undefined> {
    const tests = this.#suite.allTests();
    if (tests.length === 0) return undefined; // none were found, which Playwright says
    if (result.status === 'passed' && tests.every(({ results }) => results.length === 0)) return undefined; // with --list
    const told = { config: this.#config, suite: this.#suite, result, errors: this.#errors };
    if (this.#watch === undefined)
      return this.#report(recordMerged(told, parts.readCompanions(this.#settings.merge!), parts));
    const ledger = ledgerOf(this.#config);
    const shard = await this.#watch.end(this.#config, ledger);
    const blobs = blobFolder(this.#config, this.#folder);
    if (this.#config.shard === null || blobs === undefined) return this.#report(recordRun(told, shard, ledger, parts));
    const companion: ShardFile = {
      shard,
      tests: this.#suite.allTests().map(({ id }) => id),
      attempts: [...ledger.attempts].map(([attempt, measurements]) => ({ attempt, measurements })),
    };
    this.#conclude = () => writeShardFile(blobs, companion);
    return undefined;
  }

  onExit(): Promise<void> {
    try {
      this.#conclude?.();
    } catch (error) {
      say(`What this run cost cannot be written (${messageOf(error)}).`);
    }
    return Promise.resolve();
  }

  #report(record: RunRecord): { status?: FullResult['status'] } | undefined {
    const { history: file } = this.#settings;
    const history = file === false ? { runs: [], problems: [] } : parts.readHistory(file);
    const report = reportOn(record, history, this.#settings, parts);
    const { summary } = report;
    this.#annotate(summary.all);
    const folder = htmlFolder(this.#config, this.#folder);
    const page = path.join(folder, `${fileName}.html`);
    this.#conclude = () => {
      process.stdout.write(
        `\n${renderTerminal(summary, { report: path.relative(process.cwd(), page), color: process.stdout.isTTY })}`,
      );
      for (const complaint of writeFiles(
        report,
        { folder, history: file, jobSummary: process.env['GITHUB_STEP_SUMMARY'] },
        parts,
      ))
        say(complaint);
    };
    const failed = summary.gates.filter(({ state }) => state === 'failed').map(({ sentence }) => sentence);
    if (failed.length === 0) return undefined;
    if (this.#watch === undefined) throw new UsageError(failed.join(' ')); // the only way to make a merge fail
    return { status: 'failed' };
  }

  /** Adds one line to each test in Playwright's HTML report, as an annotation of the attempt. */
  #annotate(tests: Report['summary']['all']): void {
    const remarks = new Map(tests.map(({ id, remark }) => [id, remark]));
    for (const { id, results } of this.#suite.allTests())
      results.at(-1)?.annotations.push({ type: 'cost and performance', description: remarks.get(id)! });
  }
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
