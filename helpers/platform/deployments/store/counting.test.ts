import { randomUUID } from 'node:crypto';
import { withFault } from '../../../faults/inject.ts';
import { expect, test } from '../../../testing/index.ts';
import { managerParts } from '../manager/parts.ts';
import { stateSchema } from '../open.ts';

test.use({ schema: stateSchema, dataset: 'empty' });

const wanted = { name: 'one', provider: 'probe' };
const error = { code: 'CRASHED', message: 'it has crashed', resource: null, diagnostics: [] };

test('only another configuration or environment needs a new process', async ({ postgres: { pool }, fault }) => {
  const { deployments } = await withFault('deployments', managerParts, fault);
  const { id } = await deployments.create(pool, randomUUID(), 'ana', { ...wanted, environment: { A: '1' } });
  const first = (await deployments.find(pool, id))!;
  const settingsAfter = async (change: Parameters<typeof deployments.change>[2]) =>
    (await deployments.change(pool, id, change))!.settings - first.settings;
  expect(await settingsAfter({ resources: [] })).toBe(0);
  expect(await settingsAfter({ config: { marker: 'two' } })).toBe(1);
  expect(await settingsAfter({ environment: {} })).toBe(2);
  const last = (await deployments.find(pool, id))!;
  expect([last.config, last.environment, last.revision]).toEqual([{ marker: 'two' }, {}, first.revision + 3]);
  expect(last.updated_at.getTime()).toBeGreaterThan(first.updated_at.getTime());
});

test('a page beyond the last is empty, and knows how many there are of the tenant', async ({ postgres, fault }) => {
  const { pool } = postgres;
  const { deployments } = await withFault('deployments', managerParts, fault);
  for (const tenant of ['ana', 'ana', 'ben']) await deployments.create(pool, randomUUID(), tenant, wanted);
  expect(await deployments.list(pool, 'ana', { page: 3, perPage: 1 })).toEqual({ deployments: [], total: 2 });
  expect(await deployments.list(pool, 'ana', { page: 2, status: ['failed'] })).toEqual({ deployments: [], total: 0 });
});

test('a destroyed deployment needs no process and no folder', async ({ postgres: { pool } }) => {
  const { deployments, operations } = managerParts;
  const [kept, gone] = await Promise.all([1, 2].map(() => deployments.create(pool, randomUUID(), 'ana', wanted)));
  const generation = await operations.takeOver(pool);
  await operations.add(pool, { deployment: gone!.id, kind: 'destroy', lock: gone!.id, status: 'destroying' });
  const [destroying] = await operations.take(pool, generation);
  expect(await deployments.launched(pool, gone!.id), 'while it is destroyed').toBe(true);
  await operations.end(pool, destroying!, undefined, 'destroyed');
  expect(await deployments.launched(pool, gone!.id)).toBe(false);
  expect(await deployments.undestroyed(pool)).toEqual([
    { id: kept!.id, tenant: 'ana', name: 'one', provider: 'probe' },
  ]);
});

test('an operation that is begun again keeps the time at which it first was', async ({ postgres: { pool }, fault }) => {
  const { deployments, operations } = await withFault('deployments', managerParts, fault);
  const { id } = await deployments.create(pool, randomUUID(), 'ana', wanted);
  await operations.add(pool, { deployment: id, kind: 'apply', lock: id, status: 'applying' });
  const [first] = await operations.take(pool, await operations.takeOver(pool));
  const [again] = await operations.take(pool, await operations.takeOver(pool));
  expect(again).toMatchObject({ number: 1, attempts: 2 });
  expect(again!.started_at).toEqual(first!.started_at);
});

test('a tainted resource stays so while it is found, and one that is made after it is not', async ({
  postgres: { pool },
  fault,
}) => {
  const { deployments, operations, resources } = await withFault('deployments', managerParts, fault);
  const { id } = await deployments.create(pool, randomUUID(), 'ana', wanted);
  await operations.add(pool, { deployment: id, kind: 'apply', lock: id, status: 'applying' });
  const [fence] = await operations.take(pool, await operations.takeOver(pool));
  const one = { type: 'task', name: 'one', dependsOn: [] };
  const state = { schemaVersion: 0, values: {}, private: '' };
  const isTainted = async () => (await resources.of(pool, [id]))[0]!.tainted;
  await resources.found(pool, fence!, one, { state, shown: {} });
  await resources.settle(pool, fence!, one, { status: 'exists', state, shown: {}, tainted: true });
  await resources.found(pool, fence!, one, { state, shown: {} });
  expect(await isTainted(), 'while it is found').toBe(true);
  await resources.found(pool, fence!, one, { state: undefined, shown: undefined });
  await resources.found(pool, fence!, one, { state, shown: {} });
  expect(await isTainted(), 'when it was gone').toBe(false);
});

test('a resource that is found in the place of a removed one does not depend on what that did', async ({
  postgres: { pool },
  fault,
}) => {
  const { deployments, operations, resources } = await withFault('deployments', managerParts, fault);
  const { id } = await deployments.create(pool, randomUUID(), 'ana', wanted);
  await operations.add(pool, { deployment: id, kind: 'import', lock: id, status: undefined });
  const [fence] = await operations.take(pool, await operations.takeOver(pool));
  const [one, state] = [
    { type: 'task', name: 'one' },
    { schemaVersion: 0, values: {}, private: '' },
  ];
  await resources.found(pool, fence!, { ...one, dependsOn: ['task.two'] }, { state: undefined, shown: undefined });
  await resources.found(pool, fence!, { ...one, dependsOn: [] }, { state, shown: {} });
  expect(await resources.of(pool, [id])).toMatchObject([{ status: 'exists', dependsOn: [] }]);
});

test('a failed operation says why, and a later one that succeeds takes it back', async ({ postgres: { pool } }) => {
  const { deployments, operations } = managerParts;
  const { id } = await deployments.create(pool, randomUUID(), 'ana', wanted);
  const generation = await operations.takeOver(pool);
  for (const failure of [error, undefined]) {
    await operations.add(pool, { deployment: id, kind: 'apply', lock: id, status: 'applying' });
    const [taken] = await operations.take(pool, generation);
    await operations.end(pool, taken!, failure, failure === undefined ? 'applied' : 'failed');
    expect((await deployments.find(pool, id))!.error).toEqual(failure ?? null);
  }
  expect(await operations.list(pool, id)).toMatchObject([
    { number: 1, status: 'failed', error },
    { number: 2, status: 'succeeded', error: null },
  ]);
});
