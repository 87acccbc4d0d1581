import { type Clock, fixedClock } from '../datasets/index.ts';
import { type CloneChoice, cloneChoice } from './clones.ts';
import { type Comparison, comparison } from './difference.ts';
import { type Loader, loader } from './load.ts';
import { type InPlaceReset, fastReset } from './reset/index.ts';
import { type TransactionEnding, ending } from './rollback.ts';
import { type OwnerCheck, ownership } from './sweep.ts';
import { type Checks, checks } from './validation/index.ts';
import { type SnapshotStore, snapshotShelf } from './snapshots.ts';
import { type BetweenTests, handover } from './between-tests.ts';

/**
 * What the PostgreSQL helper is composed of. Each part keeps a promise that some spec checks; a fault
 * (`helpers/faults/postgres.ts`) replaces one of them by a part that breaks it.
 */
export interface PostgresParts {
  /** The time that datasets are made at. */
  readonly clock: Clock;
  /** Puts a dataset into a template. */
  readonly loader: Loader;
  /** Which of the clones that are ready a test gets. */
  readonly cloneChoice: CloneChoice;
  /** Finds out what a test changed in place, and puts it back. */
  readonly fastReset: InPlaceReset;
  /** What passes from one test to the next, and what is kept of it. */
  readonly handover: BetweenTests;
  /** Which database a snapshot's name stands for, and how a database takes its place. */
  readonly snapshotShelf: SnapshotStore;
  /** Ends transactions that must leave nothing. */
  readonly ending: TransactionEnding;
  /** Tells whose databases may be swept. */
  readonly ownership: OwnerCheck;
  /** What `validate()` looks at. */
  readonly checks: Checks;
  /** What `diff()` sees. */
  readonly comparison: Comparison;
}

export const postgresParts: PostgresParts = {
  clock: fixedClock,
  loader,
  cloneChoice,
  fastReset,
  handover,
  snapshotShelf,
  ending,
  ownership,
  checks,
  comparison,
};
