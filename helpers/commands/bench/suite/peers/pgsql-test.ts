import { getConnections, type PgTestClient } from 'pgsql-test';
import { server } from './server.ts';
import { test as base } from './worker-database.ts';

/**
 * The package pgsql-test as its page shows it: a transaction with a savepoint around each test. It gets a database that
 * exists, by its variable TEST_DB, since it makes one with PostgreSQL's command line programs, which not every machine
 * has. https://www.npmjs.com/package/pgsql-test
 */
export const test = base.extend<{ client: PgTestClient }, { connection: PgTestClient }>({
  connection: [
    async ({ database }, use) => {
      process.env['TEST_DB'] = database;
      const { host, port, admin, maintenanceDatabase } = server;
      const connections = await getConnections(
        { pg: { host, port, ...admin }, db: { rootDb: maintenanceDatabase } },
        [],
      );
      await use(connections.pg);
      await connections.teardown({ keepDb: true });
    },
    { scope: 'worker' },
  ],
  client: async ({ connection }, use) => {
    await connection.beforeEach();
    await use(connection);
    await connection.afterEach();
  },
});
