import { test as base } from '@playwright/test';
import type pg from 'pg';
import { connect, connectAdmin, copyTemplate } from './server.ts';

/**
 * The technique of pgtestdb: each test copies the template, and drops the copy. The connection that does this stays
 * open, which is faster than one for each. https://github.com/peterldowns/pgtestdb
 */
export const test = base.extend<{ client: pg.Client }, { admin: pg.Client }>({
  admin: [
    async ({}, use) => {
      const admin = await connectAdmin();
      await use(admin);
      await admin.end();
    },
    { scope: 'worker' },
  ],
  client: async ({ admin }, use, { testId }) => {
    const name = `peer_${testId.replaceAll('-', '_')}`;
    await copyTemplate(admin, name);
    const client = await connect(name);
    await use(client);
    await client.end();
    await admin.query(`DROP DATABASE ${name}`);
  },
});
