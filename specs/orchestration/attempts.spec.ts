import { expect, test } from '../../fixtures/index.ts';
import { begin, event, fetchTurn, fetchWork, lockTimeout, start, work } from './turns.ts';

// An engine gives an item up after ten attempts: the store only has to count them.

test('attempts at an instance are counted, also beyond ten', async ({ store, storeClock }) => {
  await store.enqueueForOrchestrator(start('a'));
  for (let attempt = 1; attempt <= 11; attempt += 1) {
    expect((await fetchTurn(store)).attempt).toBe(attempt);
    await storeClock.advance(lockTimeout + 1_000);
  }
});

test('attempts at a work item are counted, also beyond ten', async ({ store, storeClock }) => {
  await store.enqueueForWorker(work('a', 1));
  for (let attempt = 1; attempt <= 11; attempt += 1) {
    expect((await fetchWork(store)).attempt).toBe(attempt);
    await storeClock.advance(lockTimeout + 1_000);
  }
});

test('an abandoned attempt counts', async ({ store }) => {
  await store.enqueueForOrchestrator(start('a'));
  await store.abandonOrchestrationItem((await fetchTurn(store)).token);
  expect((await fetchTurn(store)).attempt).toBe(2);
});

test('an attempt that is abandoned to be ignored does not count', async ({ store }) => {
  await store.enqueueForOrchestrator(start('a'));
  for (let round = 0; round < 3; round += 1) {
    const { token, attempt } = await fetchTurn(store);
    expect(attempt).toBe(1);
    await store.abandonOrchestrationItem(token, { ignoreAttempt: true });
  }
});

test('an attempt at work that is abandoned to be ignored does not count', async ({ store }) => {
  await store.enqueueForWorker(work('a', 1));
  for (let round = 0; round < 3; round += 1) {
    const { token, attempt } = await fetchWork(store);
    expect(attempt).toBe(1);
    await store.abandonWorkItem(token, { ignoreAttempt: true });
  }
});

test('the attempt of an instance is the highest of its messages', async ({ store, storeClock }) => {
  await begin(store, 'a');
  await store.enqueueForOrchestrator(event('a', 'old'));
  await fetchTurn(store);
  await store.enqueueForOrchestrator(event('a', 'new'));
  await storeClock.advance(lockTimeout + 1_000);
  expect((await fetchTurn(store)).attempt).toBe(2);
});

test('an acknowledged instance begins to count anew', async ({ store }) => {
  await store.enqueueForOrchestrator(start('a'));
  await store.abandonOrchestrationItem((await fetchTurn(store)).token);
  await store.ackOrchestrationItem((await fetchTurn(store)).token, {
    execution: 1,
    metadata: { name: 'order', version: '1' },
  });
  await store.enqueueForOrchestrator(event('a'));
  expect((await fetchTurn(store)).attempt).toBe(1);
});

test('a renewal is no attempt', async ({ store }) => {
  await store.enqueueForWorker(work('a', 1));
  const { token } = await fetchWork(store);
  await store.renewWorkItemLock(token, lockTimeout);
  await store.abandonWorkItem(token);
  expect((await fetchWork(store)).attempt).toBe(2);
});
