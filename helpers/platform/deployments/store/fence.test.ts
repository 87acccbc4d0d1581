import { randomUUID } from 'node:crypto';
import { expect, test } from '../../../../fixtures/index.ts';
import { stateSchema } from '../open.ts';
import { deploymentStore } from './deployment-store.ts';
import { operationQueue, TakenOver } from './operation-queue.ts';
import { resourceStore } from './resource-store.ts';

test.use({ schema: stateSchema, dataset: 'empty' });

const wanted = { name: 'one', provider: 'probe' };
const state = { schemaVersion: 0, values: {}, private: '' };
const address = { type: 'probe_task', name: 'one' };

test('a manager that was taken over from writes nothing more', async ({ postgres: { pool } }) => {
  const { id: deployment } = await deploymentStore.create(pool, randomUUID(), 'ana', wanted);
  const first = await operationQueue.takeOver(pool);
  await operationQueue.add(pool, { deployment, kind: 'apply', lock: deployment, status: 'applying' });
  const [taken] = await operationQueue.take(pool, first);
  await resourceStore.found(pool, taken!, { ...address, dependsOn: [] }, { state, shown: {} });

  const second = await operationQueue.takeOver(pool);
  expect(await operationQueue.take(pool, first)).toEqual([]);
  for (const late of [
    () => resourceStore.found(pool, taken!, { ...address, dependsOn: [] }, { state: undefined, shown: undefined }),
    () =>
      resourceStore.settle(pool, taken!, address, {
        status: 'absent',
        state: undefined,
        shown: undefined,
        tainted: false,
      }),
    () => operationQueue.planned(pool, taken!, randomUUID()),
    () => operationQueue.end(pool, taken!, undefined, 'applied'),
  ])
    await expect(late()).rejects.toThrow(TakenOver);
  expect(await resourceStore.of(pool, [deployment])).toMatchObject([{ status: 'exists', state }]);

  const [again] = await operationQueue.take(pool, second);
  expect(again).toMatchObject({ number: 1, attempts: 2, generation: second });
  await operationQueue.end(pool, again!, undefined, 'applied');
  expect(await deploymentStore.find(pool, deployment)).toMatchObject({ status: 'applied', serial: 1 });
});

test('operations with one lock are taken in turn, others at once', async ({ postgres: { pool } }) => {
  const [one, two] = await Promise.all([1, 2].map(() => deploymentStore.create(pool, randomUUID(), 'ana', wanted)));
  const generation = await operationQueue.takeOver(pool);
  for (const { id: deployment } of [one!, one!, two!])
    await operationQueue.add(pool, { deployment, kind: 'apply', lock: deployment, status: 'applying' });
  const taken = await operationQueue.take(pool, generation);
  expect(new Set(taken.map(({ deployment, number }) => `${deployment} ${number}`))).toEqual(
    new Set([`${one!.id} 1`, `${two!.id} 1`]),
  );
  expect(await operationQueue.take(pool, generation)).toEqual([]);
  await operationQueue.end(
    pool,
    taken.find(({ deployment }) => deployment === one!.id)!,
    undefined,
    'applied',
  );
  expect(await deploymentStore.find(pool, one!.id), 'a later operation decides').toMatchObject({ status: 'applying' });
  expect(await operationQueue.take(pool, generation)).toMatchObject([{ deployment: one!.id, number: 2 }]);
});

test('a deployment that is being destroyed gets no further operation', async ({ postgres: { pool } }) => {
  const { id: deployment } = await deploymentStore.create(pool, randomUUID(), 'ana', wanted);
  const add = (kind: 'apply' | 'destroy') =>
    operationQueue.add(pool, {
      deployment,
      kind,
      lock: deployment,
      status: kind === 'apply' ? 'applying' : 'destroying',
    });
  expect(await add('destroy')).toMatchObject({ number: 1 });
  expect(await add('apply')).toBeUndefined();
  expect(await deploymentStore.change(pool, deployment, { resources: [] })).toBeUndefined();
  expect(await deploymentStore.find(pool, deployment)).toMatchObject({ status: 'destroying', revision: 1 });
});
