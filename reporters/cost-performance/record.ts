import type { Inventory } from '../../helpers/stores/inventory/index.ts';
import type { LedgerEntry, Measurement } from '../../helpers/run/measurements/index.ts';

export { inventoryKinds, type InventoryKind } from '../../helpers/stores/inventory/inventory.ts';
export type { Inventory, LedgerEntry };

/**
 * What a run was, as plain data: the same whether it comes from a run that has just ended or from the merged blobs of
 * its shards. Everything that is told about a run is computed from this.
 */
export interface RunRecord {
  /** As Playwright says it; `interrupted` by Ctrl-C, `timedout` by the limit of the whole run. */
  readonly status: 'passed' | 'failed' | 'timedout' | 'interrupted';
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Wall clock. */
  readonly durationMs: number;
  /** One for a run that is whole. */
  readonly shards: readonly ShardRecord[];
  readonly tests: readonly TestRecord[];
  /** Errors of no test: of the configuration, of global set-up and teardown, of workers. */
  readonly errors: readonly string[];
  /** What cannot be known about this run, each in one sentence. */
  readonly missing: readonly string[];
  /** Of the code that was tested, where that is known. */
  readonly commit?: string | undefined;
}

/** What one runner knows that no test carries. */
export interface ShardRecord {
  /** From 1. */
  readonly index: number;
  readonly workers: number;
  readonly startedAt: number;
  readonly durationMs: number;
  /** The machine, in words: operating system, Node, cores, memory. */
  readonly machine: string;
  /** Measured where no test can carry it: between tests and in the teardown of workers, by area. */
  readonly ledger: readonly LedgerEntry[];
  /** How long one fixed piece of work took, again and again during the run, in milliseconds. */
  readonly calibration: readonly number[];
  /**
   * How many times longer than at its fastest it took, done several times in one go: what else the machine had to do.
   */
  readonly contention: readonly number[];
  readonly resources: readonly ResourceSample[];
  /** Id of the run, which is in the names of all that it makes. */
  readonly run?: string | undefined;
  /** Undefined when it could not be taken. */
  readonly inventory?: { readonly before: Inventory; readonly after: Inventory } | undefined;
  /** What could not be seen, each in one sentence. */
  readonly problems: readonly string[];
}

/** What the machine and this run were using at one moment. What a system does not tell is left out. */
export interface ResourceSample {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Of all cores, 0 to 100. */
  readonly cpuPercent: number;
  /** In bytes. */
  readonly memoryUsed: number;
  readonly memoryTotal: number;
  /** Free where the run keeps its data, in bytes. */
  readonly diskFree: number;
  readonly diskTotal: number;
  /** Of the whole machine. */
  readonly processes?: number | undefined;
  /** TCP connections that are open on the whole machine. */
  readonly connections?: number | undefined;
}

export interface TestRecord {
  /** Playwright's, the same in every run and shard. */
  readonly id: string;
  /** The project it is in. */
  readonly area: string;
  /** Relative to the configuration's folder, with forward slashes. */
  readonly file: string;
  readonly line: number;
  /** With those of its describe blocks, joined by ` › `. */
  readonly title: string;
  readonly outcome: Outcome;
  /** In their order; none when it did not begin. */
  readonly attempts: readonly AttemptRecord[];
}

export type Outcome = 'passed' | 'failed' | 'flaky' | 'skipped' | 'did not run';

export interface AttemptRecord {
  readonly status: 'passed' | 'failed' | 'timedOut' | 'skipped' | 'interrupted';
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Where it ran: the shard, and the place among its workers that are there at the same time (`parallelIndex`). */
  readonly shard: number;
  readonly lane: number;
  readonly time: TimeSplit;
  readonly fixtures: readonly FixtureTime[];
  readonly measurements: readonly Measurement[];
  /** The first, in one line. */
  readonly error?: string | undefined;
  /** Whether it failed because the environment was unavailable, not because the platform is wrong. */
  readonly unavailable: boolean;
}

/** Where the time of an attempt went, in milliseconds. */
export interface TimeSplit {
  /** Fixtures and hooks before the test; those of its worker too, which Playwright's duration leaves out. */
  readonly setUp: number;
  /** The test's own work. */
  readonly test: number;
  /** In the test, for something to become so: polls, matchers that wait. */
  readonly waiting: number;
  readonly teardown: number;
}

export interface FixtureTime {
  readonly name: string;
  readonly ms: number;
}
