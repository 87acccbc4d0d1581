import { type Clock, fixedClock } from '../datasets/index.ts';
import { type Acting, acting } from './actor.ts';
import { type CloneChoice, cloneChoice } from './clones.ts';
import { type CatalogueReading, catalogueReading } from './catalogue-reading.ts';
import { type Comparison, comparison } from './difference.ts';
import { type Loader, loader } from './load.ts';
import { type FileLoader, fileLoader } from './load-files.ts';
import { type Recycling, recycling } from './recycling.ts';
import { type InPlaceReset, inPlaceReset } from './reset/index.ts';
import { type TransactionEnding, ending } from './rollback.ts';
import { type RoleMarks, roleMarks } from './preparation/index.ts';
import { type SqlReading, sqlReading } from './sql-file.ts';
import { type TemplateCaching, templateCaching } from './template-cache/index.ts';
import { type CutOffs, cutOffs } from './cut-off.ts';
import { type OwnerCheck, ownership } from './sweep.ts';
import { type Checks, checks } from './validation/index.ts';
import { type SnapshotStore, snapshotStore } from './snapshots.ts';
import { type TransactionRules, transactionRules } from './transaction/index.ts';
import { type BetweenTests, betweenTests } from './between-tests.ts';

/** The parts of the PostgreSQL helper; each keeps a promise that a fault (`helpers/faults/postgres.ts`) breaks. */
export interface PostgresParts {
  /** The time at which datasets are generated. */
  readonly clock: Clock;
  /** Loads a dataset into a template. */
  readonly loader: Loader;
  /** Loads rows from files into a template, or into a test's database. */
  readonly fileLoader: FileLoader;
  /** How SQL files are found and taken apart. */
  readonly sqlReading: SqlReading;
  /** Which roles runs have made, and how they go. */
  readonly roleMarks: RoleMarks;
  /** Which templates later runs find in the cache. */
  readonly templateCaching: TemplateCaching;
  /** Which of the ready clones a test gets. */
  readonly cloneChoice: CloneChoice;
  /** How a transaction becomes a role's. */
  readonly acting: Acting;
  /** Finds what a test changed, and resets it in place. */
  readonly inPlaceReset: InPlaceReset;
  /** How the database of one test becomes that of another. */
  readonly recycling: Recycling;
  /** What passes from one test to the next, and which databases are kept. */
  readonly betweenTests: BetweenTests;
  /** Finds a snapshot by its name, and swaps a copy into the database's place. */
  readonly snapshotStore: SnapshotStore;
  /** Ends transactions that must leave nothing. */
  readonly ending: TransactionEnding;
  /** How what a test does within one transaction, that of isolation `rollback`, is as it would be outside of it. */
  readonly transactionRules: TransactionRules;
  /** Says which sessions were ended, and why. */
  readonly cutOffs: CutOffs;
  /** Decides which owners are gone, so that their databases can be dropped. */
  readonly ownership: OwnerCheck;
  /** The checks of `validate()`. */
  readonly checks: Checks;
  /** Reads the catalogues of `diff()` and `validate()`. */
  readonly catalogueReading: CatalogueReading;
  /** The comparison of `diff()`. */
  readonly comparison: Comparison;
}

export const postgresParts: PostgresParts = {
  clock: fixedClock,
  loader,
  fileLoader,
  sqlReading,
  roleMarks,
  templateCaching,
  cloneChoice,
  acting,
  inPlaceReset,
  recycling,
  betweenTests,
  snapshotStore,
  ending,
  transactionRules,
  cutOffs,
  ownership,
  checks,
  catalogueReading,
  comparison,
};
