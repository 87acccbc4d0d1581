import { faultsOf } from '../fault.ts';

const fault = faultsOf('clickhouse');

export const setIsForgotten = fault(
  'scripts',
  'a SET in a table file lasts until its end',
  (scripts) => ({
    run: async (client, session, sql) => (/^SET\b/i.test(sql) ? undefined : scripts.run(client, session, sql)),
  }),
  'table-files.spec.ts › a SET in a table file lasts until its end',
);

export const tableFilesReachTheServer = fault(
  'rolePolicy',
  'a table file cannot create what all databases of the server share',
  (rolePolicy) => ({ builderGrants: (database) => [...rolePolicy.builderGrants(database), 'GRANT ALL ON *.*'] }),
  'table-files.spec.ts › a function in a table file is refused by name',
  { alone: true },
);

export const tableFilesReachOtherDatabases = fault(
  'rolePolicy',
  'a table file cannot create a table in another database',
  (rolePolicy) => ({
    builderGrants: (database) => [...rolePolicy.builderGrants(database), 'GRANT CREATE ON *.*'],
  }),
  'table-files.spec.ts › another database in a table file is refused by name',
  { alone: true },
);

export const wideIntegersAreRounded = fault(
  'values',
  'a query answers integers exactly',
  (values) => ({
    read: (answer) =>
      values
        .read(answer)
        .map((row) =>
          Object.fromEntries(
            Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
          ),
        ),
  }),
  'values.spec.ts › a query answers exactly what is stored',
);

export const denormalsAreWrittenAsNull = fault(
  'values',
  'NaN and the infinities are inserted as themselves',
  (values) => ({
    write: (rows, signedZeros) =>
      values.write(
        rows.map((row) =>
          Object.fromEntries(
            Object.entries(row).map(([name, value]: [string, unknown]) => [
              name,
              typeof value === 'number' && !Number.isFinite(value) ? null : value,
            ]),
          ),
        ),
        signedZeros,
      ),
  }),
  'values.spec.ts › toHaveRow finds what is inserted, whatever its value',
);

export const expiredRowsAreNotWarnedOf = fault(
  'checks',
  'validation warns of rows that have expired by their TTL',
  (checks) => ({ data: checks.data.filter(({ name }) => name !== 'noneExpired') }),
  'table-files.spec.ts › rows that expire stay in a template, and validation warns of them',
);

export const brokenDictionariesPass = fault(
  'checks',
  'validation finds dictionaries that cannot be loaded',
  (checks) => ({ schema: checks.schema.filter(({ name }) => name !== 'dictionariesLoad') }),
  'validation.spec.ts › validation reports a dictionary that names a column that is not there',
);

export const clickhouseDiffOverlooksComments = fault(
  'comparison',
  'a difference names every part of a definition that changes',
  (comparison) => ({
    definitions: (before, after) => {
      const uncommented = (all: typeof before) =>
        all.map((one) => ({ ...one, definition: one.definition.replaceAll(/ COMMENT '[^']*'/g, '') }));
      return comparison.definitions(uncommented(before), uncommented(after));
    },
  }),
  'changes.spec.ts › a change of every part of every definition is found, and undone',
);

export const clickhouseDiffCountsSomeRows = fault(
  'comparison',
  'a difference counts all rows, also those that it does not show',
  ({ rows }) => ({
    rows: async (admin, before, after) => {
      const { counts, ...rest } = await rows(admin, before, after);
      return { ...rest, counts: { ...counts, inserted: Math.min(counts.inserted, 10_000) } };
    },
  }),
  'difference.spec.ts › a difference counts all rows, however many',
);

export const clickhouseDiffOverlooksWaitingRows = fault(
  'comparison',
  'a difference names rows that wait in a Buffer table',
  () => ({ settle: () => Promise.resolve() }),
  'difference.spec.ts › rows that wait in a Buffer table are a difference, and in a snapshot',
);
