import { max } from 'd3-array';
import type { Suite } from '@playwright/test/reporter';
import type { Measurement } from '../../../helpers/run/measurements/index.ts';
import { type Runner, runnerOf } from './runner.ts';
import type { ShardFile } from './shard-file.ts';

/** A runner whose blob is merged. */
export interface MergedRunner extends Runner {
  /** Its number among all: a shard's own, or for one that was run again the next free one. */
  readonly index: number;
  /** Whether its tests were run again later: by the same shard, or by a run that was not divided. */
  readonly isReplaced: boolean;
  /** Undefined when it is missing. */
  readonly file: ShardFile | undefined;
  /** Measurements that attempts could not attach, by the attempt. */
  readonly unsettled: ReadonlyMap<string, readonly Measurement[]>;
}

export interface MergedRunners {
  readonly runners: readonly MergedRunner[];
  /** What is not known or not used, each in one sentence. */
  readonly remarks: readonly string[];
}

/** The runners of the merged projects and files. A runner without tests has no project, and its file stands for it. */
export function mergeRunners(projects: readonly Suite[], files: readonly ShardFile[]): MergedRunners {
  const noted = projects.map(runnerOf);
  const inBlobs = new Map(noted.flatMap((runner) => (runner === undefined ? [] : [[runner.id, runner] as const])));
  const used = files.filter(({ runner, tests }) => inBlobs.has(runner.id) || tests.length === 0);
  const all = new Map([...inBlobs, ...used.map(({ runner }) => [runner.id, runner] as const)]);
  const inOrder = [...all.values()].toSorted((a, b) => numberOf(a) - numberOf(b) || a.startedAt - b.startedAt);
  const fileOf = (runner: Runner): ShardFile | undefined => used.find((each) => each.runner.id === runner.id);
  let next = 1 + (max(inOrder, ({ shard }) => shard?.total) ?? 0);
  const runners = inOrder.map((runner, place): MergedRunner => {
    const isFirst = runner.shard !== null && numberOf(inOrder[place - 1]) !== numberOf(runner);
    const index = isFirst ? numberOf(runner) : next++;
    const file = fileOf(runner);
    return {
      ...runner,
      index,
      isReplaced: inOrder.some((other) => replaces(other, runner) && haveCommonTests(fileOf(other), file)),
      file: file && { ...file, shard: { ...file.shard, index, name: nameOf(runner, isFirst) } },
      unsettled: new Map(file?.attempts.map(({ attempt, measurements }) => [attempt, measurements])),
    };
  });
  return {
    runners,
    remarks: [
      ...runners.filter(({ file }) => file === undefined).map(withoutFile),
      ...(noted.includes(undefined) ? [ofNobody] : []),
      ...files.filter((file) => !used.includes(file)).map(withoutBlob),
    ],
  };
}

/** The shards that are not there, as `2/3`. */
export function missingShards(runners: readonly Runner[]): string[] {
  const total = max(runners, ({ shard }) => shard?.total) ?? 0;
  const there = new Set(runners.map(numberOf));
  return Array.from({ length: total }, (_, index) => index + 1)
    .filter((number) => !there.has(number))
    .map((number) => `${number}/${total}`);
}

function replaces(newer: Runner, older: Runner): boolean {
  const isSame = newer.shard === null || newer.shard.current === older.shard?.current;
  return isSame && newer.startedAt > older.startedAt;
}

/** Blobs of different commands may be merged, too. One that has no tests did not get as far as finding them. */
function haveCommonTests(newer: ShardFile | undefined, older: ShardFile | undefined): boolean {
  const tests = new Set(older?.tests);
  return older !== undefined && (tests.size === 0 || newer?.tests.some((id) => tests.has(id)) === true);
}

/** 0 for a run that is not divided. */
function numberOf(runner: Runner | undefined): number {
  return runner?.shard?.current ?? 0;
}

function nameOf({ shard }: Runner, isFirst: boolean): string {
  return shard === null ? 'undivided run' : `shard ${shard.current}${isFirst ? '' : ' again'}`;
}

function withoutFile(runner: MergedRunner): string {
  const name = nameOf(runner, runner.index === numberOf(runner));
  return `What ${name} (${runner.id}) measured outside of its tests is not known: its file is not beside its blob.`;
}

const ofNobody = 'What is outside of tests is not known of a blob that was made without this reporter.';

function withoutBlob({ runner }: ShardFile): string {
  return `The file of ${nameOf(runner, true)} (${runner.id}) is left out: the blob that it belongs to is not there.`;
}
