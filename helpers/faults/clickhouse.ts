import type { StoredObject } from '../stores/clickhouse/catalogue.ts';
import type { Planner } from '../stores/clickhouse/mirror.ts';
import { faultsOf } from './fault.ts';

export * from './clickhouse/truth.ts';

const fault = faultsOf('clickhouse');

export const clickhouseDatasetDependsOnTheClock = fault(
  'clock',
  'a dataset has the same rows in every run',
  () => ({ now: () => new Date() }),
  'datasets.spec.ts › a dataset has the same rows in every run',
  { alone: true },
);

export const clickhouseDatasetIsOneEventShort = fault(
  'loader',
  'a dataset has exactly the size that it promises',
  (loader) => ({
    load: (admin, database, dataset) =>
      loader.load(admin, database, {
        ...dataset,
        tables: dataset.tables.map((table) =>
          ['events', 'messages'].includes(table.name) ? { ...table, rows: table.rows.slice(1) } : table,
        ),
      }),
  }),
  'datasets.spec.ts › minimal has 3 users with 5 events',
  { alone: true },
);

export const grantsAreTooWide = fault(
  'rolePolicy',
  'a worker can touch nothing but its own database',
  (rolePolicy) => ({ grants: (database) => [...rolePolicy.grants(database), 'GRANT ALL ON *.*'] }),
  "isolation.spec.ts › a neighbour's database cannot be read, written, altered or dropped",
  { alone: true },
);

export const twoWorkersShareADatabase = fault(
  'rolePolicy',
  'workers at the same time have different databases',
  (rolePolicy) => ({ choose: (testRoles) => rolePolicy.choose(testRoles, 0) }),
  'isolation.spec.ts › parallel writer',
  { alone: true, workers: 2 },
);

export const restoreForgetsDroppedTables = fault(
  'planner',
  'restoring brings back a table that was dropped',
  (planner) => ({
    plan: (source, target) => ({
      ...planner.plan(source, target),
      clone: target.size === 0 ? planner.plan(source, target).clone : [],
    }),
  }),
  'restore.spec.ts › restore undoes a dropped table',
);

export const restoreLeavesNewTables = fault(
  'planner',
  'restoring removes what a test has added',
  (planner) => ({
    plan(source, target) {
      const plan = planner.plan(source, target);
      return { ...plan, drop: plan.drop.filter(({ name }) => source.has(name)) };
    },
  }),
  'restore.spec.ts › restore undoes a new table',
);

export const restoreOverlooksMutations = fault(
  'planner',
  'no mutation of a test continues after a restore',
  (planner) => deceived(planner, 'table', () => ({ unsettled: false })),
  'restore.spec.ts › restoring ends mutations that are under way',
);

export const restoreOverlooksStatements = fault(
  'observer',
  'restoring compares definitions after any statement that can change them',
  (observer) => ({
    observe: async (admin, testRole) => ({ ...(await observer.observe(admin, testRole)), otherStatements: 0 }),
  }),
  'restore.spec.ts › restore undoes an added column',
);

export const restoreLeavesQueriesRunning = fault(
  'observer',
  'no query of a test continues after a restore',
  (observer) => ({
    observe: async (admin, testRole) => ({ ...(await observer.observe(admin, testRole)), isRunning: false }),
  }),
  'restore.spec.ts › restoring ends an INSERT that is under way',
);

export const restoreOverlooksDefinitions = fault(
  'planner',
  'restoring undoes a change of a table',
  (planner) => deceived(planner, 'table', (original) => (original ? { definition: original.definition } : {})),
  'restore.spec.ts › restore undoes an added column',
);

export const restoreForgetsDeletedRows = fault(
  'planner',
  'restoring brings back rows that were deleted',
  (planner) => ({
    plan(source, target) {
      const plan = planner.plan(source, target);
      return { ...plan, refill: plan.refill.filter(({ to }) => to.content.size > 0) };
    },
  }),
  'restore.spec.ts › restore undoes a truncated table',
);

export const dictionariesStayAsTheyWereRead = fault(
  'planner',
  'a dictionary is reloaded from its restored source',
  (planner) => deceived(planner, 'dictionary', () => ({ unsettled: false })),
  'restore.spec.ts › a dictionary reloads from its restored source',
);

export const snapshotIsTakenByReference = fault(
  'snapshotStore',
  'a snapshot does not change with the database',
  () => ({ keep: (_admin, _planner, database) => Promise.resolve(database) }),
  'restore.spec.ts › a snapshot can be restored any number of times',
);

export const snapshotDoesNotWaitForMutations = fault(
  'snapshotStore',
  'a snapshot includes the effect of pending mutations',
  () => ({ settle: () => Promise.resolve() }),
  'restore.spec.ts › a snapshot waits for mutations',
);

export const clickhouseValidationIgnoresOrphans = fault(
  'checks',
  'validation finds events of unknown users',
  (checks) => ({ data: checks.data.filter(({ name }) => name !== 'usersKnown') }),
  'validation.spec.ts › validation reports events of nobody',
);

export const clickhouseDiffOverlooksRows = fault(
  'comparison',
  'a difference names the rows that were changed',
  (comparison) => ({
    rows: async (admin, before, after) => {
      const difference = await comparison.rows(admin, before, after);
      return { ...difference, changed: [], counts: { ...difference.counts, changed: 0 } };
    },
  }),
  'difference.spec.ts › a difference names what was inserted, changed and deleted',
);

export const defaultUserIsAnswered = fault(
  'door',
  'a request without a user is not answered',
  (door) => ({
    rules: (users) => [...door.rules(users), { handler: { type: 'dynamic_query_handler', query_param_name: 'query' } }],
  }),
  'doors.spec.ts › a request with no credentials is 404, whatever its path',
  { alone: true },
);

export const otherSitesMayRead = fault(
  'door',
  'no other site can read an answer in a browser',
  () => ({ fixed: [] }),
  'doors.spec.ts › no answer allows other sites to read it, even with a valid password',
  { alone: true },
);

export const testRolesReadFiles = fault(
  'door',
  'a test role cannot read files',
  (door) => ({ confinement: { ...door.confinement, readable: ['/'] } }),
  'doors.spec.ts › a test role cannot read or write files',
  { alone: true },
);

export const testRolesOpenConnections = fault(
  'door',
  'a test role cannot open network connections',
  (door) => ({
    confinement: { ...door.confinement, refused: door.confinement.refused.filter((call) => call !== 'connect') },
  }),
  'doors.spec.ts › a test role cannot open network connections',
  { alone: true },
);

export const testRolesChooseTheirDisk = fault(
  'door',
  'a test role cannot choose a disk',
  () => ({ fixedForTestRoles: [] }),
  'doors.spec.ts › a test role cannot choose a disk for rows or a file for errors',
  { alone: true },
);

export const testRolesUseAnySource = fault(
  'rolePolicy',
  'a test role has no engine or function that reaches outside its database',
  (rolePolicy) => ({
    grants: (database) => [...rolePolicy.grants(database), 'GRANT TABLE ENGINE ON *', 'GRANT READ, WRITE ON *'],
  }),
  'doors.spec.ts › a test role cannot create a table whose engine reaches outside its database',
  { alone: true },
);

export const passwordsStayInFiles = fault(
  'door',
  "the engine's files contain no password",
  () => ({ password: (password) => ({ password }), shut: () => undefined }),
  "doors.spec.ts › the engine's files contain neither passwords nor their hashes",
  { alone: true },
);

export const environmentIsHandedOn = fault(
  'door',
  'the engine does not inherit the environment of the run',
  () => ({ environment: () => ({ ...process.env, TZ: 'UTC' }) }),
  'doors.spec.ts › the engine does not inherit the environment of the run, and is not root',
  { alone: true },
);

/** A planner that sees the target's objects of this kind changed; `original` is the source's of the same name. */
function deceived(
  planner: Planner,
  kind: StoredObject['kind'],
  change: (original: StoredObject | undefined) => Partial<StoredObject>,
): Planner {
  return {
    plan: (source, target) => {
      const seen = [...target.values()].map((object) =>
        object.kind === kind ? { ...object, ...change(source.get(object.name)) } : object,
      );
      return planner.plan(source, new Map(seen.map((object) => [object.name, object])));
    },
  };
}
