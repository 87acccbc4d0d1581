import { test as base } from '@playwright/test';
import { openTestCloud, type TestCloud } from './cloud.ts';

interface CloudFixtures {
  /** Opens a control plane, with the active fault. Closed after the test. Costs some 20 ms. */
  openCloud: (options?: Parameters<typeof openTestCloud>[0]) => Promise<TestCloud>;
  /** An empty control plane. */
  it: TestCloud;
}

/** `test` for the promises of the control plane that faults break. */
export const test = base.extend<CloudFixtures, { fault: string | undefined }>({
  fault: [undefined, { option: true, scope: 'worker' }],

  openCloud: async ({ fault }, use) => {
    const opened: TestCloud[] = [];
    await use(async (options) => {
      const cloud = await openTestCloud({ ...options, fault });
      opened.push(cloud);
      return cloud;
    });
    for (const cloud of opened) await cloud[Symbol.asyncDispose]();
  },

  it: async ({ openCloud }, use) => {
    await use(await openCloud());
  },
});
