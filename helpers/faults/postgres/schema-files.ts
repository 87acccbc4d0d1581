import { readFileSync } from 'node:fs';
import { faultsOf } from '../fault.ts';

const fault = faultsOf('postgres');

export const downPartsAreRun = fault(
  'sqlReading',
  'of a migration, only what leads up is run',
  ({ read }) => ({ read: (place) => read(place)?.map((file) => ({ ...file, text: readFileSync(file.path, 'utf8') })) }),
  'migrations.spec.ts › a part that leads down is not run',
);

export const migrationsRunByName = fault(
  'sqlReading',
  'migrations run in the order of their tool',
  ({ read }) => ({ read: (place) => read(place)?.toSorted((one, other) => (one.path < other.path ? -1 : 1)) }),
  'migrations.spec.ts › migrations run in the order of their numbers',
);

export const rowsOfDumpsAreDropped = fault(
  'sqlReading',
  'a dump brings its rows',
  ({ split }) => ({
    split: (sql) =>
      split(sql).map((statement) => (statement.rows === undefined ? statement : { ...statement, rows: '' })),
  }),
  "migrations.spec.ts › a dump's rows are loaded",
);

export const commandsOfPsqlAreSkipped = fault(
  'sqlReading',
  'a command that only psql knows is refused, since what follows would go elsewhere',
  ({ split }) => ({ split: (sql) => split(sql).filter(({ text }) => !text.startsWith('\\')) }),
  'migrations.spec.ts › a command of psql is refused with file and line',
);

export const foreignKeysDoNotWait = fault(
  'fileLoader',
  'files may have their tables in any order, those that refer to each other too',
  () => ({ postpone: () => ({ before: '', after: '' }) }),
  "files.spec.ts › a test loads more rows itself (isolation 'database')",
);

export const loadedKeysAreGivenAgain = fault(
  'fileLoader',
  'the next row gets a key that no file has',
  () => ({ moveSequences: () => Promise.resolve() }),
  "files.spec.ts › a test loads more rows itself (isolation 'reset')",
);
