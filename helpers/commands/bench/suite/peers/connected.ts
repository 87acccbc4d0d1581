import type pg from 'pg';
import { connect } from './server.ts';
import { test as base } from './worker-database.ts';

/** The connection to the worker's database that all its tests share. */
export const test = base.extend<object, { connection: pg.Client }>({
  connection: [
    async ({ database }, use) => {
      const connection = await connect(database);
      await use(connection);
      await connection.end();
    },
    { scope: 'worker' },
  ],
});
