import { type Clock, fixedClock } from '../datasets/index.ts';
import { type CloneChoice, cloneChoice } from './clones.ts';
import { type Comparison, comparison } from './difference.ts';
import { type Loader, loader } from './load.ts';
import { type FastReset, fastReset } from './reset/index.ts';
import { type Ending, ending } from './rollback.ts';
import { type Ownership, ownership } from './sweep.ts';
import { type Checks, checks } from './validation/index.ts';
import { type SnapshotShelf, snapshotShelf } from './snapshots.ts';
import { type Handover, handover } from './handover.ts';

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
  readonly fastReset: FastReset;
  /** What passes from one test to the next, and what is kept of it. */
  readonly handover: Handover;
  /** Which database a snapshot's name stands for, and how a database takes its place. */
  readonly snapshotShelf: SnapshotShelf;
  /** Ends transactions that must leave nothing. */
  readonly ending: Ending;
  /** Tells whose databases may be swept. */
  readonly ownership: Ownership;
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
