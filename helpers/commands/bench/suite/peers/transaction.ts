import type pg from 'pg';
import { test as base } from './connected.ts';

/** A transaction by hand around each test, which is rolled back. Sequences go on. */
export const test = base.extend<{ client: pg.Client }>({
  client: async ({ connection }, use) => {
    await connection.query('BEGIN');
    await use(connection);
    await connection.query('ROLLBACK');
  },
});
