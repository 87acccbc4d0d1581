import type { Inventory } from '../../helpers/stores/inventory/index.ts';
import type { LedgerEntry, Measurement } from '../../helpers/run/measurements/index.ts';

export { inventoryKinds } from '../../helpers/stores/inventory/inventory.ts';
export type { Inventory, LedgerEntry };

/** A run as plain data, merged or not: everything that is reported about a run is computed from it. */
export interface RunRecord {
  /** Playwright's status; `interrupted` by Ctrl-C, `timedout` by the limit of the whole run. */
  readonly status: 'passed' | 'failed' | 'timedout' | 'interrupted';
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Wall clock. */
  readonly durationMs: number;
  /** A single one for an undivided run. */
  readonly shards: readonly ShardRecord[];
  readonly tests: readonly TestRecord[];
  /** Errors outside of tests: of the configuration, of global set-up and teardown, of workers. */
  readonly errors: readonly string[];
  /** Shards whose report is not there, as `2/3`. */
  readonly missingShards: readonly string[];
  /** What is unknown about this run, each in one sentence. */
  readonly missing: readonly string[];
  /** The commit of the tested code, if known. */
  readonly commit?: string | undefined;
}

/** One runner's data that belong to no test. */
export interface ShardRecord {
  /** From 1. A shard that was run again has another number, behind those of all shards. */
  readonly index: number;
  /** For people: `shard 2`, `shard 2 again`, `run again`. */
  readonly name: string;
  readonly workers: number;
  readonly startedAt: number;
  readonly durationMs: number;
  /** A description of the machine: operating system, Node, cores, memory. */
  readonly machine: string;
  /** Measurements of no test: between tests and in the teardown of workers, by area. */
  readonly ledger: readonly LedgerEntry[];
  /** How long a fixed piece of work took, repeatedly during the run, in milliseconds. */
  readonly calibration: readonly number[];
  /** Its average time in relation to its fastest one, done in a row: a measure of the machine's other load. */
  readonly contention: readonly number[];
  readonly resources: readonly ResourceSample[];
  /** The run's id, which is part of all names that it assigns. */
  readonly run?: string | undefined;
  /** Undefined when it could not be taken. */
  readonly inventory?: { readonly before: Inventory; readonly after: Inventory } | undefined;
  /** What could not be observed, each in one sentence. */
  readonly problems: readonly string[];
}

/** The usage of the machine and this run at one moment. What a system does not show is left out. */
export interface ResourceSample {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Of all cores, 0 to 100. */
  readonly cpuPercent: number;
  /** In bytes. */
  readonly memoryUsed: number;
  readonly memoryTotal: number;
  /** Free bytes on the disk of the run's data. */
  readonly diskFree: number;
  readonly diskTotal: number;
  /** On the whole machine. */
  readonly processes?: number | undefined;
  /** Open TCP connections on the whole machine. */
  readonly connections?: number | undefined;
}

export interface TestRecord {
  /** Playwright's id, the same in every run and shard. */
  readonly id: string;
  /** Its project. */
  readonly area: string;
  /** Relative to the configuration's folder, with forward slashes. */
  readonly file: string;
  readonly line: number;
  /** With the titles of its describe blocks, joined by ` › `. */
  readonly title: string;
  readonly tags: readonly string[];
  readonly annotations: readonly { readonly type: string; readonly description?: string }[];
  readonly outcome: Outcome;
  /** In order; empty when it did not begin. */
  readonly attempts: readonly AttemptRecord[];
}

export type Outcome = 'passed' | 'failed' | 'flaky' | 'skipped' | 'did not run';

export interface AttemptRecord {
  readonly status: 'passed' | 'failed' | 'timedOut' | 'skipped' | 'interrupted';
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** The shard, and the index among the workers that run at the same time (`parallelIndex`). */
  readonly shard: number;
  readonly lane: number;
  /** Whether another attempt took its place. */
  readonly isRepeated: boolean;
  /** Of its time, what it took to start what its worker keeps for other tests. */
  readonly workerMs: number;
  readonly time: TimeSplit;
  readonly fixtures: readonly FixtureTime[];
  readonly measurements: readonly Measurement[];
  /** The first one, in one line. */
  readonly error?: string | undefined;
  /** All of them, whole. */
  readonly errors: readonly string[];
  readonly steps: readonly StepRecord[];
  /** Of an attempt that did not pass. */
  readonly attachments?: readonly AttachmentRecord[];
  /** Of an attempt that did not pass: the end of what it printed. */
  readonly output?: string | undefined;
  /** Whether it failed because the environment was unavailable, not because the platform is wrong. */
  readonly unavailable: boolean;
}

/** How an attempt's time was spent, in milliseconds. */
export interface TimeSplit {
  /** Fixtures and hooks before the test, including worker fixtures, which Playwright's duration excludes. */
  readonly setUp: number;
  /** The test's own work. */
  readonly test: number;
  /** Waiting in the test: polls, and matchers that wait. */
  readonly waiting: number;
  readonly teardown: number;
}

/** A step of an attempt, as `test.step`, an action or an assertion makes it. */
export interface StepRecord {
  readonly title: string;
  readonly durationMs: number;
  readonly failed: boolean;
  /** File and line. */
  readonly place?: string | undefined;
  readonly steps: readonly StepRecord[];
}

/** A file that a test has attached, such as its trace. */
export interface AttachmentRecord {
  readonly name: string;
  readonly contentType: string;
  /** Its path. */
  readonly file: string;
}

export interface FixtureTime {
  readonly name: string;
  readonly ms: number;
}
