import { max, min } from 'd3-array';
import type { FullConfig, FullResult, Suite } from '@playwright/test/reporter';
import { attemptKey, type Ledger } from '../../../helpers/run/measurements/index.ts';
import type { RunRecord, ShardRecord } from '../record.ts';
import type { toAttempt } from './attempt.ts';
import type { ShardFiles } from './shard-file.ts';
import { toTests } from './tests.ts';

/** Playwright's data of a run. */
export interface PlaywrightRun {
  readonly config: FullConfig;
  readonly suite: Suite;
  readonly result: FullResult;
  readonly errors: readonly string[];
}

/** How attempts are read. */
export interface CollectParts {
  readonly toAttempt: typeof toAttempt;
}

/** Records a run that has just ended in this process. */
export function recordRun(
  ended: PlaywrightRun,
  shard: ShardRecord,
  { attempts }: Ledger,
  parts: CollectParts,
): RunRecord {
  const tests = toTests(ended.suite, {
    folder: ended.config.rootDir,
    shardOf: () => shard.index,
    unsettled: (id, retry) => attempts.get(attemptKey({ id, retry })) ?? [],
    toAttempt: parts.toAttempt,
  });
  return {
    ...common(ended),
    tests,
    startedAt: shard.startedAt,
    durationMs: shard.durationMs,
    shards: [shard],
    missing: shard.problems,
  };
}

/** Records a run from the merged blobs of its shards. */
export function recordMerged(
  ended: PlaywrightRun,
  { shardFiles: companions, complaints }: ShardFiles,
  parts: CollectParts,
): RunRecord {
  const shards = companions.map(({ shard }) => shard);
  const shardOf = new Map(companions.flatMap(({ shard, tests }) => tests.map((id) => [id, shard.index])));
  const unsettled = new Map(
    companions.flatMap(({ attempts }) => attempts.map(({ attempt, measurements }) => [attempt, measurements])),
  );
  const tests = toTests(ended.suite, {
    folder: ended.config.rootDir,
    shardOf: (id) => shardOf.get(id) ?? 0,
    unsettled: (id, retry) => unsettled.get(attemptKey({ id, retry })) ?? [],
    toAttempt: parts.toAttempt,
  });
  const startedAt = min(shards, (shard) => shard.startedAt) ?? ended.result.startTime.getTime();
  const endedAt = max(shards, (shard) => shard.startedAt + shard.durationMs) ?? startedAt + ended.result.duration;
  return {
    ...common(ended),
    tests,
    startedAt,
    durationMs: endedAt - startedAt,
    shards,
    missing: [...complaints, ...shards.flatMap(({ problems }) => problems)],
  };
}

function common({ config, result, errors }: PlaywrightRun): Pick<RunRecord, 'status' | 'errors' | 'commit'> {
  return {
    status: result.status,
    errors,
    commit: (config.metadata as { gitCommit?: { hash?: string } }).gitCommit?.hash,
  };
}
