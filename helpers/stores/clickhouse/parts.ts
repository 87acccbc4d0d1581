import { type Clock, fixedClock } from '../datasets/index.ts';
import { type Observer, observer } from './activity.ts';
import { type Comparison, comparison } from './difference.ts';
import { type Loader, loader } from './load.ts';
import { type Planner, planner } from './mirror.ts';
import { type Door, door } from './server/door.ts';
import { type Scripts, scripts } from './table-file.ts';
import { type SnapshotStore, snapshotStore } from './snapshots.ts';
import { type RolePolicy, rolePolicy } from './role-policy.ts';
import { type Values, values } from './values.ts';
import { type Checks, checks } from './validation/index.ts';

/** The parts of the ClickHouse helper; each keeps a promise that a fault (`helpers/faults/clickhouse.ts`) breaks. */
export interface ClickHouseParts {
  /** The time at which datasets are generated. */
  readonly clock: Clock;
  /** Loads a dataset into a template. */
  readonly loader: Loader;
  /** Runs the statements of SQL files. */
  readonly scripts: Scripts;
  /** Which rights each test role has. */
  readonly rolePolicy: RolePolicy;
  /** Keeps strangers out of the local engine, and its users inside it. */
  readonly door: Door;
  /** Sees what a test still does, and whether it can have changed more than rows. */
  readonly observer: Observer;
  /** Computes the steps that make one database equal to another. */
  readonly planner: Planner;
  /** How a snapshot is taken. */
  readonly snapshotStore: SnapshotStore;
  /** Writes the values of `insert()`, and reads those of `query()`. */
  readonly values: Values;
  /** The checks of `validate()`. */
  readonly checks: Checks;
  /** The comparison of `diff()`. */
  readonly comparison: Comparison;
}

export const clickhouseParts: ClickHouseParts = {
  clock: fixedClock,
  loader,
  scripts,
  rolePolicy,
  door,
  observer,
  planner,
  snapshotStore,
  values,
  checks,
  comparison,
};
