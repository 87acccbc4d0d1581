import path from 'node:path';
import type { FullConfig, Reporter, Suite, TestRun } from '@playwright/test/reporter';
import { sum } from 'd3-array';
import { expectedDurations, readHistory } from '../history/index.ts';
import { assign } from './assign.ts';
import { durationsOf } from './durations.ts';
import { notePlan, planOf } from './plan.ts';
import { keepOnly, readOnlyProjects, together } from './units.ts';

export interface BalancedShardsOptions {
  /** The runs' history, relative to the configuration's folder. Default `.proving-ground/history.jsonl`. */
  readonly history?: string;
}

/**
 * Divides the shards of `--shard=1/3` by time, not by the number of tests. Every shard must get the same history and
 * the same number of workers. Without recorded durations Playwright's own sharding is used.
 */
export default class BalancedShards implements Reporter {
  readonly #history: string;

  constructor({ history = '.proving-ground/history.jsonl' }: BalancedShardsOptions = {}) {
    this.#history = history;
  }

  printsToStdio(): boolean {
    return false; // except for one line before the tests
  }

  async preprocess({
    config,
    suite: root,
    testRun,
  }: {
    config: FullConfig;
    suite: Suite;
    testRun: TestRun;
  }): Promise<void> {
    if (config.shard === null) return;
    const { current, total } = config.shard;
    const { runs, problems } = readHistory(
      path.resolve(path.dirname(config.configFile ?? config.rootDir), this.#history),
    );
    for (const problem of problems) log(problem);
    const readOnly = readOnlyProjects(root, config.argv);
    const projects = root.suites.filter((suite) => !readOnly.has(suite));
    const tests = projects.flatMap((suite) => suite.allTests());
    const expected = durationsOf(tests, expectedDurations(runs));
    const units =
      expected === undefined
        ? []
        : together(tests, (suite) => testRun.mode(suite)).map((each) => ({
            id: each[0]!.id,
            duration: sum(each, (test) => expected.get(test)),
            tests: each,
          }));
    const shardOf = assign(units, { shards: total, workers: config.workers });
    // `--last-failed` removes tests after this.
    if (!config.argv.includes('--last-failed')) notePlan(planOf(shardOf, tests.length), projects);
    if (expected === undefined) {
      log(
        `Shards are by count of tests, because no durations of these are recorded yet: a whole or merged run records them in ${this.#history}.`,
      );
      return;
    }

    testRun.skipSharding();
    const mine = units.filter(({ id }) => shardOf.get(id) === current);
    const kept = new Set(mine.flatMap((unit) => unit.tests));
    keepOnly(kept, projects, testRun);
    log(
      `Shard ${current} of ${total} has ${kept.size} of ${tests.length} tests and ${share(
        sum(mine, ({ duration }) => duration),
        sum(units, ({ duration }) => duration),
      )} of the time that all are expected to take.`,
    );
  }
}

function share(part: number, whole: number): string {
  return `${whole === 0 ? 0 : Math.round((100 * part) / whole)} %`;
}

/** Writes to standard error, so that other reporters' machine-readable output is not disturbed. */
function log(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}
