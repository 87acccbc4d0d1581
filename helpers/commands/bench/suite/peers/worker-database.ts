import { test as base } from '@playwright/test';
import { connectAdmin, copyTemplate } from './server.ts';

/** A copy of the template that all tests of a worker share; its name. */
export const test = base.extend<object, { database: string }>({
  database: [
    async ({}, use, { workerIndex }) => {
      const name = `peer_worker_${process.pid}_${workerIndex}`;
      const admin = await connectAdmin();
      await copyTemplate(admin, name);
      await use(name);
      await admin.query(`DROP DATABASE ${name}`);
      await admin.end();
    },
    { scope: 'worker' },
  ],
});
