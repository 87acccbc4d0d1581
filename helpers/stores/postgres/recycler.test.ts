import { expect, test } from '../../testing/index.ts';
import type { Inventory } from './inventory.ts';
import { Recycler } from './recycler.ts';
import type { Original, Recycling } from './recycling.ts';

/** Gives a database back that has served so many tests. Says what was asked of it until it was given up. */
async function renewAfter(uses: number) {
  const asked: string[] = [];
  const inventory = {
    maintenance: { inSession: (work: (client: unknown) => unknown) => work({ query: () => ({ rows: [] }) }) },
  } as unknown as Inventory;
  const recycling = {
    trace() {
      asked.push('what the test did');
      return Promise.resolve({ obstacle: 'a definition', written: [], lsn: '0/0' });
    },
  } as unknown as Recycling;
  const admin = { processID: 1, end: () => Promise.resolve(void asked.push('to leave')) };
  const database = { oid: 1, uses, admin } as unknown as Parameters<Recycler['renew']>[1];
  expect(await new Recycler(inventory, recycling).renew('used', database, {} as Original, [])).toBeUndefined();
  return asked;
}

test('a database serves fifty tests, and its administrator leaves one that is given up', async () => {
  expect(await renewAfter(49)).toEqual(['what the test did', 'to leave']);
  expect(await renewAfter(50)).toEqual(['to leave']);
});
