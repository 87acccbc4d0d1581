import { type Clock, fixedClock } from '../datasets/index.ts';
import { type Comparison, comparison } from './difference.ts';
import { type Loader, loader } from './load.ts';
import { type Planner, planner } from './mirror.ts';
import { type Door, door } from './server/door.ts';
import { type SnapshotStore, snapshotShelf } from './snapshots.ts';
import { type RolePolicy, tenancy } from './role-policy.ts';
import { type Checks, checks } from './validation/index.ts';

/**
 * What the ClickHouse helper is composed of. Each part keeps a promise that some spec checks; a fault
 * (`helpers/faults/clickhouse.ts`) replaces one of them by a part that breaks it.
 */
export interface ClickHouseParts {
  /** The time that datasets are made at. */
  readonly clock: Clock;
  /** Puts a dataset into a template. */
  readonly loader: Loader;
  /** Who may touch what. */
  readonly tenancy: RolePolicy;
  /** What keeps strangers out of the local engine, and its users inside it. */
  readonly door: Door;
  /** Tells what has to be done to make one database equal to another. */
  readonly planner: Planner;
  /** What a snapshot is. */
  readonly snapshotShelf: SnapshotStore;
  /** What `validate()` looks at. */
  readonly checks: Checks;
  /** What `diff()` sees. */
  readonly comparison: Comparison;
}

export const clickhouseParts: ClickHouseParts = {
  clock: fixedClock,
  loader,
  tenancy,
  door,
  planner,
  snapshotShelf,
  checks,
  comparison,
};
