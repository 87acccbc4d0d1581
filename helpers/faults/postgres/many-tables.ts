import { faultsOf } from '../fault.ts';

const fault = faultsOf('postgres');

export const diffLeavesOutPartitions = fault(
  'catalogueReading',
  'a difference names changes in partitions',
  (reading) => ({ tables: async (client) => (await reading.tables(client)).filter(({ name }) => !/part_/.test(name)) }),
  'many-tables.spec.ts › 220 tables and 80 partitions › a change in any of 220 tables is found',
);

export const batchesForgetTheLast = fault(
  'catalogueReading',
  'every table is read, however many there are',
  (reading) => ({ batches: (all) => reading.batches(all).slice(0, 2) }),
  'many-tables.spec.ts › 220 tables and 80 partitions › a change in any of 220 tables is found',
);

export const everyTableSeemsEmpty = fault(
  'catalogueReading',
  'a table with rows is read',
  (reading) => ({
    tables: async (client) => (await reading.tables(client)).map(({ name }) => ({ name, isEmpty: true })),
  }),
  'many-tables.spec.ts › 220 tables and 80 partitions › a change in any of 220 tables is found',
);

export const catalogueSeemsTheSame = fault(
  'catalogueReading',
  'definitions are read again where the catalogue has changed',
  () => ({ mark: () => Promise.resolve('the same') }),
  'difference.spec.ts › a difference names changed definitions',
);
