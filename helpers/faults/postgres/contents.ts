import type { DatasetTable } from '../../stores/datasets/index.ts';
import { faultsOf, replaced } from '../fault.ts';

const fault = faultsOf('postgres');

const own = 'helpers/stores/postgres';

export const cloneIsHandedOutTwice = fault(
  'cloneChoice',
  'every test gets an unused database',
  () => ({ take: (ready) => ready[0] }),
  "isolation.spec.ts › isolation 'database' › a test finds a pristine database",
);

export const datasetDependsOnTheClock = fault(
  'clock',
  'a dataset has the same rows in every run',
  () => ({ now: () => new Date() }),
  'datasets.spec.ts › a dataset has the same rows in every run',
  { alone: true },
);

export const datasetIsOneRowShort = fault(
  'loader',
  'a dataset has exactly the size that it promises',
  (loader) => ({
    load: (client, dataset) =>
      loader.load(client, { ...dataset, tables: dataset.tables.map((table) => withoutMessage(table, 5)) }),
  }),
  'datasets.spec.ts › minimal has 3 users, 2 threads and 5 messages',
  { alone: true },
);

/** Removes a message and all rows that refer to it, so that no foreign key notices. */
function withoutMessage(table: DatasetTable, id: number): DatasetTable {
  const column = table.columns.indexOf(table.name === 'messages' ? 'id' : 'message_id');
  return { ...table, rows: table.rows.filter((row) => row[column] !== id) };
}

export const loadingForgetsSequences = fault(
  'loader',
  'the next insert into a seeded table gets a free key',
  (loader) => ({
    async load(client, dataset) {
      await loader.load(client, dataset);
      const { rows } = await client.query<{ name: string }>(
        "SELECT oid::regclass::text AS name FROM pg_class WHERE relkind = 'S'",
      );
      for (const { name } of rows) await client.query('SELECT setval($1::regclass, 1, false)', [name]);
    },
  }),
  'datasets.spec.ts › the next inserted row gets an unused key',
  { alone: true },
);

export const resetForgetsSequences = fault(
  'inPlaceReset',
  'a reset database hands out the same keys again',
  () => ({ sequences: () => 'SELECT 1' }),
  'reset.spec.ts › reset restores sequences: the same keys are handed out again',
);

export const resetForgetsTablesWithoutAKey = fault(
  'inPlaceReset',
  'a reset covers tables without a primary key',
  (reset) => ({
    async inspect(admin, tables, mark) {
      const inspection = await reset.inspect(admin, tables, mark);
      const { rows } = await admin.query<{ oid: number }>(
        "SELECT conrelid::int AS oid FROM pg_constraint WHERE contype = 'p'",
      );
      const keyed = new Set(rows.map(({ oid }) => oid));
      return { ...inspection, dirty: inspection.dirty.filter(({ table }) => keyed.has(table.oid)) };
    },
  }),
  'reset.spec.ts › reset restores every table, with and without a primary key',
);

export const resetOverlooksDefinitions = fault(
  'inPlaceReset',
  'a reset notices a changed definition',
  (reset) => ({
    inspect: async (admin, tables, mark) => ({ ...(await reset.inspect(admin, tables, mark)), obstacle: undefined }),
  }),
  'reset.spec.ts › reset restores a changed definition',
);

export const resetForgetsDeletedRows = fault(
  'inPlaceReset',
  'a reset restores deleted rows',
  (reset) => ({ rows: (dirty, mark) => reset.rows(dirty, mark).filter((sql) => sql.startsWith('EXECUTE delete')) }),
  'reset.spec.ts › reset restores every table, with and without a primary key',
);

export const resetLetsOpenTransactionsLive = fault(
  'inPlaceReset',
  'no transaction outlives its test',
  (reset) => ({
    inspect: (admin, tables, mark) =>
      reset.inspect(
        {
          query: (query: { text: string; values: unknown[] }) =>
            admin.query(replaced(query.text, 'pg_terminate_backend(pid)', "nullif('', '')"), query.values),
        } as unknown as typeof admin,
        tables,
        mark,
      ),
  }),
  'reset.spec.ts › reset ends a transaction that was left open',
);

export const sessionIsHandedOn = fault(
  'betweenTests',
  'a test gets connections that nothing of another test is left on',
  () => ({ clean: () => Promise.resolve() }),
  "isolation.spec.ts › isolation 'reset' › a test finds a pristine database",
);

export const inventedSettingsStay = fault(
  'betweenTests',
  'a connection with a setting that a test has invented is closed',
  () => ({ invents: () => false }),
  `${own}/lasting-connection.test.ts › the next test has another connection after a setting of its own`,
);

export const anythingIsUsedAgain = fault(
  'recycling',
  'a database is used again only where a test has left rows of its own, and no more',
  (part) => ({ trace: async (...about) => ({ ...(await part.trace(...about)), obstacle: undefined }) }),
  `${own}/recycling.test.ts › a database is dropped after a definition`,
);

export const rowsStayInUsedDatabases = fault(
  'recycling',
  'a database that is used again has none of the rows of the test before',
  ({ undo }) => ({ undo: (...about) => undo(...about).filter((sql) => !sql.startsWith('DELETE')) }),
  `${own}/recycling.test.ts › a database serves another test after rows that were added`,
);

export const changedRowsAreNotMissed = fault(
  'recycling',
  'a database whose first rows a test has changed is not used again',
  ({ undo }) => ({ undo: (...about) => undo(...about).filter((sql) => !sql.includes('AS sound')) }),
  `${own}/recycling.test.ts › a database is dropped after a changed row of the template`,
);

export const sequencesGoOnInUsedDatabases = fault(
  'recycling',
  'sequences of a database that is used again begin where the template has left them',
  ({ undo }) => ({ undo: (...about) => undo(...about).filter((sql) => !sql.includes('setval')) }),
  `${own}/recycling.test.ts › a database serves another test after a sequence that went on`,
);

export const failedDatabaseIsDropped = fault(
  'betweenTests',
  'the database of a failed test is kept as it was',
  () => ({
    async keep(inventory, name) {
      const kept = await inventory.keep(name);
      if (kept !== undefined) await inventory.maintenance.drop(kept);
      return kept;
    },
  }),
  "neighbours.spec.ts › a failed test's database is kept as it was left, with its title (isolation 'database')",
);

export const keptDatabasesForgetTheirTest = fault(
  'betweenTests',
  'a kept database says which failed test it is of',
  () => ({ label: () => Promise.resolve() }),
  "neighbours.spec.ts › a failed test's database is kept as it was left, with its title (isolation 'database')",
);

export const restoreGivesTheLatestSnapshot = fault(
  'snapshotStore',
  'snapshots are independent of each other',
  () => ({ find: (snapshots) => [...snapshots.values()].at(-1) }),
  'snapshots.spec.ts › snapshots are independent of each other',
);

export const restoreLeavesTheDatabaseInPlace = fault(
  'snapshotStore',
  "restoring undoes a test's changes",
  (store) => ({
    async swap(maintenance, current, fresh, aside) {
      await store.swap(maintenance, current, fresh, aside);
      await store.swap(maintenance, current, aside, fresh);
      await maintenance.unseal(current);
      await maintenance.rename(fresh, aside);
    },
  }),
  'snapshots.spec.ts › a snapshot restores a dropped table',
);

export const rollbackCommits = fault(
  'ending',
  'a rolled back transaction leaves nothing',
  () => ({ end: async (client) => void (await client.query('COMMIT')) }),
  'rollback.spec.ts › rollback undoes everything in its transaction, sequences included',
);

export const sweepGoesByPrefix = fault(
  'ownership',
  'two runs at the same time never touch each other',
  () => ({ isGone: () => Promise.resolve(true) }),
  "neighbours.spec.ts › a neighbour's database is kept while its run lives and swept when the run is gone",
  { alone: true },
);

export const sweepForgetsTheDead = fault(
  'ownership',
  "a killed worker's databases are swept",
  () => ({ isGone: () => Promise.resolve(false) }),
  "neighbours.spec.ts › a neighbour's database is kept while its run lives and swept when the run is gone",
  { alone: true },
);
