import { expect, test } from '../../../fixtures/index.ts';
import { Inventory, mostKept } from './inventory.ts';
import { Maintenance } from './maintenance.ts';
import { type KeptDatabase, postgresParts, PostgresWorker } from './index.ts';

const wanted = { schema: 'basic', dataset: 'minimal', isolation: 'database' } as const;

test('a worker over its limit of databases gets an error, and a snapshot that is taken again needs no more', async ({
  _postgresServer,
}, { workerIndex }) => {
  await using worker = await open({ ..._postgresServer, maxDatabases: 8 }, workerIndex);
  const { database } = await worker.lease(wanted);
  for (let time = 1; time <= 9; time++) await database.snapshot('now'); // each takes the place of the one before

  const takeTooMany = async (): Promise<void> => {
    for (let number = 1; number <= 8; number++) await database.snapshot(`number ${number}`);
  };

  await expect(takeTooMany()).rejects.toThrow(
    'This worker has 8 databases and may have no more: use fewer snapshots or --workers, or raise ' +
      'TEST_POSTGRES_MAX_DATABASES.',
  );
});

test("waiting clones make room for a test's databases", async ({ _postgresServer }, { workerIndex }) => {
  await using worker = await open({ ..._postgresServer, maxDatabases: 1 }, workerIndex); // at least six all the same
  for (let number = 1; number <= 3; number++) {
    const { database, end } = await worker.lease(wanted);
    await worker.settle(wanted);
    for (const name of ['one', 'two', 'three']) await database.snapshot(name);
    await expect(database.restore('one')).resolves.toBeUndefined();
    await end({ keep: false });
  }
});

test('databases of many recipes are had at the same time', async ({ _postgresServer }, { workerIndex }) => {
  await using worker = await open(_postgresServer, workerIndex);
  const datasets = ['minimal', 'basic_workflow', 'multi_user', 'empty'] as const;
  const leases = await Promise.all(datasets.map((dataset) => worker.lease({ ...wanted, dataset })));
  const names = leases.map(({ database }) => database.name);
  expect(new Set(names).size).toBe(4);
});

test('of many failed tests the first databases are kept', async ({ _postgresServer }, { workerIndex }) => {
  await using worker = await open(_postgresServer, workerIndex);
  const kept: (KeptDatabase | undefined)[] = [];
  for (let failure = 0; failure < mostKept + 2; failure++)
    kept.push(await (await worker.lease(wanted)).end({ keep: true, of: `test ${kept.length + 1}` }));

  const because = 'enough databases of this run are kept already';
  expect(kept.slice(0, mostKept)).toEqual(Array.from({ length: mostKept }, () => ({ url: expect.any(String) })));
  expect(kept.slice(mostKept)).toEqual([{ because }, { because }]);

  await using maintenance = new Maintenance(_postgresServer, 'proving_ground');
  const { url } = kept[1] as { url: string };
  expect(await maintenance.comment(new URL(url).pathname.slice(1)), 'what it is of').toBe('test 2');
});

test('a failed drop is reported at the end, and what remains is dropped then', async () => {
  const dropped: string[] = [];
  const maintenance = {
    owner: 'proving_ground_1a2b3c4d_w0',
    server: { owned: false },
    clone: () => Promise.resolve(),
    drop(name: string) {
      dropped.push(name);
      return name === held ? Promise.reject(new Error('held')) : Promise.resolve();
    },
  } as unknown as Maintenance;
  const inventory = new Inventory(maintenance, 6, () => undefined);
  const [held, left] = [await inventory.create('template'), await inventory.create('template')];
  inventory.discard(held);
  await expect(inventory.close()).rejects.toThrow('held');
  expect(dropped).toEqual([held, left]);
});

test('a database whose sessions did not end is dropped all the same', async () => {
  const dropped: string[] = [];
  const drop = (name: string): Promise<void> => Promise.resolve(void dropped.push(name));
  const maintenance = { owner: 'o', server: { owned: true }, drop } as unknown as Maintenance;
  const inventory = new Inventory(maintenance, 6, () => undefined);
  inventory.discard('used', Promise.reject(new Error('a session that does not end')));
  await expect(inventory.close()).rejects.toThrow('a session that does not end');
  expect(dropped).toEqual(['used']);
});

function open(server: Parameters<typeof PostgresWorker.open>[0]['server'], worker: number): Promise<PostgresWorker> {
  return PostgresWorker.open({
    server,
    run: (Date.now() % 0xffffffff).toString(16).padStart(8, '0'),
    worker,
    workers: 1,
    parts: postgresParts,
    measure: () => undefined,
  });
}
