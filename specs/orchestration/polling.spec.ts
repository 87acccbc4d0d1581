import { expect, test } from '../../fixtures/index.ts';
import { begin, completion, fetchTurn, fetchWork, firstTurn, lockTimeout, start, work } from './turns.ts';

const pollTimeout = 10_000;

test('a fetch without a poll time returns at once', async ({ store }) => {
  expect(await store.fetchOrchestrationItem({ lockTimeout })).toBeUndefined();
  expect(await store.fetchWorkItem({ lockTimeout })).toBeUndefined();
});

test('a waiting fetch gets an instance that is started meanwhile', async ({ clients, store }) => {
  const [waiting] = await clients(1);
  const fetched = waiting!.fetchOrchestrationItem({ lockTimeout, pollTimeout });
  await store.enqueueForOrchestrator(start('a'));
  expect(await fetched).toMatchObject({ instance: 'a' });
});

test('a waiting fetch gets a work item that is enqueued meanwhile', async ({ clients, store }) => {
  const [waiting] = await clients(1);
  const fetched = waiting!.fetchWorkItem({ lockTimeout, pollTimeout });
  await store.enqueueForWorker(work('a', 1));
  expect((await fetched)?.item).toEqual(work('a', 1));
});

test('a waiting fetch gets the completion of work that is done meanwhile', async ({ clients, store }) => {
  await begin(store, 'a', { work: [work('a', 1)] });
  const [waiting] = await clients(1);
  const { token } = await fetchWork(store);
  const fetched = waiting!.fetchOrchestrationItem({ lockTimeout, pollTimeout });
  await store.ackWorkItem(token, completion('a', 1));
  expect((await fetched)?.messages).toEqual([completion('a', 1)]);
});

test('a waiting fetch gets an instance whose lock expires meanwhile', async ({ clients, store, storeClock }) => {
  await store.enqueueForOrchestrator(start('a'));
  await fetchTurn(store);
  const [waiting] = await clients(1);
  const fetched = waiting!.fetchOrchestrationItem({ lockTimeout, pollTimeout });
  await storeClock.advance(lockTimeout + 1_000);
  expect(await fetched).toMatchObject({ instance: 'a', attempt: 2 });
});

test('a fetch that waits holds no other client back', async ({ clients, store }) => {
  const [waiting, other] = await clients(2);
  const fetched = waiting!.fetchWorkItem({ lockTimeout, pollTimeout });
  await store.enqueueForOrchestrator(start('a'));
  const { token } = await fetchTurn(other!);
  await other!.ackOrchestrationItem(token, firstTurn({ work: [work('a', 1)] }));
  expect((await fetched)?.item.activity).toBe(1);
});

test('of several waiting fetches, one gets the item', async ({ clients, store }) => {
  const waiting = await clients(3);
  const fetches = waiting.map((client) => client.fetchWorkItem({ lockTimeout, pollTimeout: 1_000 }));
  await store.enqueueForWorker(work('a', 1));
  const items = await Promise.all(fetches);
  expect(items.filter((item) => item !== undefined)).toHaveLength(1);
});
