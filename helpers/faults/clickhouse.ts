import { fault } from './fault.ts';

export const clickhouseDatasetDependsOnTheClock = fault(
  'clickhouse',
  'clock',
  'a dataset has the same rows in every run',
  () => ({
    now: () => new Date(),
  }),
  'datasets.spec.ts › a dataset has the same rows in every run',
  { alone: true },
);

export const clickhouseDatasetIsOneEventShort = fault(
  'clickhouse',
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
  'clickhouse',
  'rolePolicy',
  'a worker can touch nothing but its own database',
  (rolePolicy) => ({
    ...rolePolicy,
    grants: (database) => [...rolePolicy.grants(database), 'GRANT ALL ON *.*'],
  }),
  "isolation.spec.ts › a neighbour's database cannot be read, written, altered or dropped",
  { alone: true },
);

export const twoWorkersShareADatabase = fault(
  'clickhouse',
  'rolePolicy',
  'workers at the same time have different databases',
  (rolePolicy) => ({
    ...rolePolicy,
    choose: (testRoles) => rolePolicy.choose(testRoles, 0),
  }),
  'isolation.spec.ts › parallel writer',
  { alone: true, workers: 2 },
);

export const restoreForgetsDroppedTables = fault(
  'clickhouse',
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
  'clickhouse',
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
  'clickhouse',
  'planner',
  'no mutation of a test continues after a restore',
  (planner) => ({
    plan: (source, target) =>
      planner.plan(
        source,
        new Map(
          [...target].map(([name, object]) => [
            name,
            object.kind === 'table' ? { ...object, unsettled: false } : object,
          ]),
        ),
      ),
  }),
  'restore.spec.ts › restoring ends mutations that are under way',
);

export const restoreOverlooksDefinitions = fault(
  'clickhouse',
  'planner',
  'restoring undoes a change of a table',
  (planner) => ({
    plan: (source, target) =>
      planner.plan(
        source,
        new Map(
          [...target].map(([name, object]) => [
            name,
            object.kind === 'table'
              ? { ...object, definition: source.get(name)?.definition ?? object.definition }
              : object,
          ]),
        ),
      ),
  }),
  'restore.spec.ts › restore undoes an added column',
);

export const restoreForgetsDeletedRows = fault(
  'clickhouse',
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
  'clickhouse',
  'planner',
  'a dictionary is reloaded from its restored source',
  (planner) => ({
    plan: (source, target) =>
      planner.plan(
        source,
        new Map(
          [...target].map(([name, object]) => [
            name,
            object.kind === 'dictionary' ? { ...object, unsettled: false } : object,
          ]),
        ),
      ),
  }),
  'restore.spec.ts › a dictionary reloads from its restored source',
);

export const snapshotIsTakenByReference = fault(
  'clickhouse',
  'snapshotStore',
  'a snapshot does not change with the database',
  (store) => ({
    ...store,
    keep: (_admin, _planner, database) => Promise.resolve(database),
  }),
  'restore.spec.ts › a snapshot can be restored any number of times',
);

export const snapshotDoesNotWaitForMutations = fault(
  'clickhouse',
  'snapshotStore',
  'a snapshot includes the effect of pending mutations',
  (store) => ({
    ...store,
    settle: () => Promise.resolve(),
  }),
  'restore.spec.ts › a snapshot waits for mutations',
);

export const clickhouseValidationIgnoresOrphans = fault(
  'clickhouse',
  'checks',
  'validation finds events of unknown users',
  (checks) => ({
    ...checks,
    data: checks.data.filter(({ name }) => name !== 'usersKnown'),
  }),
  'validation.spec.ts › validation reports events of nobody',
);

export const clickhouseDiffOverlooksRows = fault(
  'clickhouse',
  'comparison',
  'a difference names the rows that were changed',
  (comparison) => ({
    ...comparison,
    rows: async (admin, before, after) => {
      const difference = await comparison.rows(admin, before, after);
      return { ...difference, changed: [], counts: { ...difference.counts, changed: 0 } };
    },
  }),
  'difference.spec.ts › a difference names what was inserted, changed and deleted',
);

export const defaultUserIsAnswered = fault(
  'clickhouse',
  'door',
  'a request without a user is not answered',
  (door) => ({
    ...door,
    rules: (users) => [...door.rules(users), { handler: { type: 'dynamic_query_handler', query_param_name: 'query' } }],
  }),
  'doors.spec.ts › a request with no credentials is 404, whatever its path',
  { alone: true },
);

export const otherSitesMayRead = fault(
  'clickhouse',
  'door',
  'no other site can read an answer in a browser',
  (door) => ({
    ...door,
    fixed: [],
  }),
  'doors.spec.ts › no answer allows other sites to read it, even with a valid password',
  { alone: true },
);

export const tenantsReadFilesOfTheMachine = fault(
  'clickhouse',
  'door',
  'a test role cannot read files',
  (door) => ({
    ...door,
    confinement: { ...door.confinement, readable: ['/'] },
  }),
  'doors.spec.ts › a test role cannot read or write files',
  { alone: true },
);

export const tenantsOpenConnections = fault(
  'clickhouse',
  'door',
  'a test role cannot open network connections',
  (door) => ({
    ...door,
    confinement: { ...door.confinement, refused: door.confinement.refused.filter((call) => call !== 'connect') },
  }),
  'doors.spec.ts › a test role cannot open network connections',
  { alone: true },
);

export const tenantsChooseTheirDisk = fault(
  'clickhouse',
  'door',
  'a test role cannot choose a disk',
  (door) => ({
    ...door,
    fixedForTestRoles: [],
  }),
  'doors.spec.ts › a test role cannot choose a disk for rows or a file for errors',
  { alone: true },
);

export const tenantsUseAnySource = fault(
  'clickhouse',
  'rolePolicy',
  'a test role has no engine or function that reaches outside its database',
  (rolePolicy) => ({
    ...rolePolicy,
    grants: (database) => [...rolePolicy.grants(database), 'GRANT TABLE ENGINE ON *', 'GRANT READ, WRITE ON *'],
  }),
  'doors.spec.ts › a test role cannot create a table whose engine reaches outside its database',
  { alone: true },
);

export const passwordsStayInFiles = fault(
  'clickhouse',
  'door',
  "the engine's files contain no password",
  (door) => ({
    ...door,
    password: (password) => ({ password }),
    shut: () => undefined,
  }),
  "doors.spec.ts › the engine's files contain neither passwords nor their hashes",
  { alone: true },
);

export const environmentIsHandedOn = fault(
  'clickhouse',
  'door',
  'the engine does not inherit the environment of the run',
  (door) => ({
    ...door,
    environment: () => ({ ...process.env, TZ: 'UTC' }),
  }),
  'doors.spec.ts › the engine does not inherit the environment of the run, and is not root',
  { alone: true },
);
