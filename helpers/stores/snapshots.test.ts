import { expect, test } from '@playwright/test';
import { Snapshots as ClickHouseSnapshots } from './clickhouse/snapshots.ts';
import type { DatabaseState } from './postgres/catalogue.ts';
import { type Snapshot, snapshotStore, Snapshots as PostgresSnapshots } from './postgres/snapshots.ts';

test.describe('PostgreSQL', () => {
  test('the state of a snapshot is read once, and again if that has failed', async () => {
    const snapshot: Snapshot = { database: 'copy', shape: '' };
    const find = () => snapshot;
    const snapshots = new PostgresSnapshots({} as ConstructorParameters<typeof PostgresSnapshots>[0], {
      ...snapshotStore,
      find,
    });
    const state = {} as DatabaseState;
    let reads = 0;
    const read = () => (++reads === 1 ? Promise.reject(new Error('cut off')) : Promise.resolve(state));
    await expect(snapshots.stateOf('now', read)).rejects.toThrow('cut off');
    expect(await snapshots.stateOf('now', read)).toBe(state);
    expect(await snapshots.stateOf('now', read)).toBe(state);
    expect(reads).toBe(2);
  });
});

test.describe('ClickHouse', () => {
  function recorded() {
    const said: string[] = [];
    const admin = { run: (sql: string) => Promise.resolve(void said.push(sql)) };
    const store = {
      settle: () => Promise.resolve(void said.push('settle')),
      keep: (_: unknown, __: unknown, ___: string, copy: string) => Promise.resolve(copy),
    };
    type Parameters = ConstructorParameters<typeof ClickHouseSnapshots>;
    const snapshots = new ClickHouseSnapshots(admin as unknown as Parameters[0], {} as Parameters[1], store);
    return { snapshots, said };
  }
  const dropped = (number: number) => `DROP DATABASE IF EXISTS \`shop_snapshot_${number}\` SYNC`;

  test('a name that is taken again means the new snapshot, and the old one is removed', async () => {
    const { snapshots, said } = recorded();
    await snapshots.take('now', 'shop');
    await snapshots.take('later', 'shop');
    await snapshots.take('now', 'shop');
    const names = ['now', 'later'].map((name) => snapshots.find(name).name);
    expect(names).toEqual(['shop_snapshot_3', 'shop_snapshot_2']);
    expect(said).toEqual(['settle', 'settle', 'settle', dropped(1)]);
    await snapshots.discard();
    expect(said.slice(4)).toEqual([dropped(3), dropped(2)]);
    expect(() => snapshots.find('now')).toThrow("There is no snapshot 'now': none was taken in this test.");
  });

  test('an unknown snapshot is refused with the names of those that there are', async () => {
    const { snapshots } = recorded();
    await snapshots.take('one', 'shop');
    await snapshots.take('two', 'shop');
    expect(() => snapshots.find('three')).toThrow("There is no snapshot 'three': there are 'one', 'two'.");
  });
});
