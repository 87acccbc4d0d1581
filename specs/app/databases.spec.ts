import { expect, test as base } from '../../fixtures/index.ts';

/** A server of one's own: a fixture of the worker, which writes into both of the worker's databases. */
const test = base.extend<{}, { write: (text: string) => Promise<void> }>({
  write: [
    async ({ workerPostgres, workerClickhouse }, use) => {
      await use(async (text) => {
        await workerPostgres.query('INSERT INTO notes (org, text) VALUES (gen_random_uuid(), $1)', [text]);
        await workerClickhouse.client.insert({ table: 'counts', values: [{ id: 1 }], format: 'JSONEachRow' });
      });
    },
    { scope: 'worker' },
  ],
});

test.use({
  appOptions: { schema: './servers/notes.sql', tables: './servers/counts.sql' },
  validations: {
    clickhouse: { 'counts begin at one': 'SELECT id FROM counts WHERE id < 1' },
    databases: {
      'each note is counted': async ({ postgres, clickhouse }) => {
        const [notes, counts] = [
          await postgres.query('SELECT id FROM notes'),
          await clickhouse.query('SELECT id FROM counts'),
        ];
        return notes.length === counts.length ? [] : [`${notes.length} notes, ${counts.length} counts`];
      },
    },
  },
});

test.describe('both databases of a worker', () => {
  test.describe.configure({ mode: 'serial' });

  for (const which of ['the first', 'the next'])
    test(`are pristine when ${which} test begins`, async ({ write, workerPostgres, workerClickhouse }) => {
      await write('left behind');
      await expect(workerPostgres).toHaveRows('notes', 1);
      await expect(workerClickhouse).toHaveRows('counts', 1);
    });
});

test('own checks look at one store and at both', async ({ write, workerDatabases }) => {
  await write('both');
  await expect(workerDatabases).toBeValid();
  await workerDatabases.postgres.query('DELETE FROM notes');
  await expect(expect(workerDatabases).toBeValid()).rejects.toThrow(
    /1 of \d+ checks failed:\n {2}data: each note is counted\n {4}expected: nothing\n {4}found: {4}"0 notes, 1 counts"/,
  );
});
