import type pg from 'pg';
import { test as base } from './connected.ts';
import { server } from './server.ts';

/**
 * The technique of database_cleaner and of most projects' own helpers: before each test all tables are emptied and
 * filled again, here in one round trip. https://github.com/DatabaseCleaner/database_cleaner
 */
export const test = base.extend<{ client: pg.Client }>({
  client: async ({ connection }, use) => {
    await connection.query(server.reload);
    await use(connection);
  },
});
