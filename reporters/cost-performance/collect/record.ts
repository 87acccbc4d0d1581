import { group, min } from 'd3-array';
import type { FullConfig, FullResult, Suite, TestCase } from '@playwright/test/reporter';
import { attemptKey, type Ledger } from '../../../helpers/run/measurements/index.ts';
import { identityOf } from '../../history/index.ts';
import type { RunRecord, ShardRecord } from '../record.ts';
import type { toAttempt } from './attempt.ts';
import { type ChooseReports, mergeTests } from './merged-tests.ts';
import type { MergedRunner, mergeRunners, missingShards } from './merged-runners.ts';
import { runnerOf } from './runner.ts';
import type { ShardFiles } from './shard-file.ts';
import { toTests } from './tests.ts';

/** Playwright's data of a run. */
export interface PlaywrightRun {
  readonly config: FullConfig;
  readonly suite: Suite;
  readonly result: FullResult;
  readonly errors: readonly string[];
}

/** How attempts are read, and reports of blobs chosen. */
export interface CollectParts {
  readonly toAttempt: typeof toAttempt;
  readonly chooseReports: ChooseReports;
  readonly mergeRunners: typeof mergeRunners;
  readonly missingShards: typeof missingShards;
}

/** Records a run that has just ended in this process. */
export function recordRun(
  { config, suite, result, errors }: PlaywrightRun,
  shard: ShardRecord,
  { attempts }: Ledger,
  parts: CollectParts,
): RunRecord {
  const tests = toTests(suite, {
    folder: config.rootDir,
    shardOf: () => shard.index,
    unsettled: ({ id }, retry) => attempts.get(attemptKey({ id, retry })) ?? [],
    toAttempt: parts.toAttempt,
  });
  return {
    status: result.status,
    errors,
    commit: commitOf(config),
    tests,
    startedAt: shard.startedAt,
    durationMs: shard.durationMs,
    shards: [shard],
    missingShards: [],
    missing: shard.problems,
  };
}

/** Records a run from the merged blobs of its shards, and of what was run again. */
export function recordMerged(
  { config, suite, result, errors }: PlaywrightRun,
  { shardFiles, complaints }: ShardFiles,
  parts: CollectParts,
): RunRecord {
  const { runners, remarks } = parts.mergeRunners(suite.suites, shardFiles);
  const files = runners.flatMap(({ file }) => file ?? []);
  const byId = new Map(runners.map((runner) => [runner.id, runner]));
  const runnerOfTest = (test: TestCase): MergedRunner | undefined => byId.get(runnerOf(test.parent)?.id ?? '');
  const idOf = ownIds(suite);
  const tests = mergeTests(
    suite,
    {
      folder: config.rootDir,
      shardOf: (test) => runnerOfTest(test)?.index ?? 0,
      unsettled: (test, retry) =>
        runnerOfTest(test)?.unsettled.get(attemptKey({ id: idOf.get(identityOf(test))!, retry })) ?? [],
      toAttempt: parts.toAttempt,
    },
    files.flatMap(({ planned }) => planned),
    parts.chooseReports,
  );
  const shards = files.map(({ shard }) => shard);
  return {
    ...outcomeOf({ status: result.status, errors }, runners, tests),
    commit: commitOf(config),
    tests,
    startedAt: min(shards, ({ startedAt }) => startedAt) ?? result.startTime.getTime(),
    durationMs: shards.length === 0 ? result.duration : coveredTime(shards),
    shards,
    missingShards: parts.missingShards(runners),
    missing: [...complaints, ...remarks, ...shards.flatMap(({ problems }) => problems)],
  };
}

/** In a merge, only the first blob's id of a test is the one that it has in its run. */
function ownIds(suite: Suite): ReadonlyMap<string, string> {
  return new Map([...group(suite.allTests(), identityOf)].map(([identity, [first]]) => [identity, first!.id]));
}

/** What a runner that was replaced by another has met with is no longer so. */
function outcomeOf(
  merged: Pick<RunRecord, 'status' | 'errors'>,
  runners: readonly MergedRunner[],
  tests: RunRecord['tests'],
): Pick<RunRecord, 'status' | 'errors'> {
  const replaced = runners.filter(({ isReplaced }) => isReplaced);
  if (replaced.length === 0) return merged;
  const past = replaced.flatMap(({ file }) => file?.errors ?? []);
  const errors = merged.errors.filter((error) => {
    const index = past.indexOf(error);
    if (index !== -1) past.splice(index, 1);
    return index === -1;
  });
  const statuses = new Set(
    runners.filter(({ isReplaced }) => !isReplaced).map(({ file }) => file?.status ?? merged.status),
  );
  const worst = (['failed', 'timedout', 'interrupted'] as const).find((status) => statuses.has(status));
  return { status: tests.some(({ outcome }) => outcome === 'failed') ? 'failed' : (worst ?? 'passed'), errors };
}

/** The milliseconds in which at least one of them ran: a shard may have been run again hours later. */
function coveredTime(shards: readonly ShardRecord[]): number {
  let [covered, until] = [0, -Infinity];
  for (const { startedAt, durationMs } of shards.toSorted((a, b) => a.startedAt - b.startedAt)) {
    covered += Math.max(0, startedAt + durationMs - Math.max(until, startedAt));
    until = Math.max(until, startedAt + durationMs);
  }
  return covered;
}

function commitOf({ metadata }: FullConfig): string | undefined {
  return (metadata as { gitCommit?: { hash?: string } }).gitCommit?.hash;
}
