import { expect, test } from '../../fixtures/index.ts';
import {
  begin,
  event,
  events,
  expectNoTurn,
  expectNoWork,
  fetchTurn,
  fetchWork,
  firstTurn,
  lockTimeout,
  refusedToken,
  start,
  work,
} from './turns.ts';

test('3.1 an ack with an unknown token is refused for good, and says so', async ({ store }) => {
  await expect(store.ackOrchestrationItem('unknown', firstTurn())).rejects.toMatchObject({
    name: 'StoreError',
    operation: 'ackOrchestrationItem',
    message: expect.stringContaining('Invalid lock token'),
    retryable: false,
  });
});

test('3.2 an event id that is taken is refused, and the first event stays', async ({ store }) => {
  await begin(store, 'a', { history: [{ id: 1, kind: 'first' }] });
  const once = { id: 2, kind: 'once' };
  for (const taken of [[{ id: 1, kind: 'second' }], [once, { ...once, kind: 'twice' }]])
    await expect(store.appendWithExecution('a', 1, taken)).rejects.toMatchObject({ retryable: false });
  expect(await store.read('a')).toEqual([{ id: 1, kind: 'first' }]);
});

test('3.3 an unknown instance has an empty history, and no description', async ({ store }) => {
  expect(await store.read('unknown')).toEqual([]);
  expect(await store.readWithExecution('unknown', 3)).toEqual([]);
  expect(await store.describe('unknown')).toBeUndefined();
});

test('3.4 a damaged history is reported, and starves no other instance', async ({ store, damage }) => {
  await begin(store, 'a', { history: events(1) });
  await begin(store, 'b');
  await damage('history', 'a');
  await store.enqueueForOrchestrator(event('a'));
  await store.enqueueForOrchestrator(event('b'));
  const damaged = await fetchTurn(store);
  expect(damaged).toMatchObject({ instance: 'a', damage: expect.stringContaining('damaged') });
  expect(await fetchTurn(store)).toMatchObject({ instance: 'b' });
});

test('a damaged message is reported, and starves no other instance', async ({ store, damage }) => {
  await begin(store, 'a');
  await begin(store, 'b');
  await store.enqueueForOrchestrator(event('a'));
  await damage('message', 'a');
  await store.enqueueForOrchestrator(event('b'));
  expect(await fetchTurn(store)).toMatchObject({ instance: 'a', damage: expect.stringContaining('damaged') });
  expect(await fetchTurn(store)).toMatchObject({ instance: 'b' });
});

test('a damaged work item is reported, and starves no other', async ({ store, damage }) => {
  await store.enqueueForWorker(work('a', 1));
  await damage('work', 'a');
  await store.enqueueForWorker(work('b', 1));
  const damaged = await fetchWork(store);
  expect(damaged.damage).toContain('damaged');
  expect((await fetchWork(store)).item).toEqual(work('b', 1));
});

test('an instance with a damaged history can be ended', async ({ store, damage }) => {
  await begin(store, 'a', { history: events(1) });
  await damage('history', 'a');
  await store.enqueueForOrchestrator(event('a'));
  const { token } = await fetchTurn(store);
  await store.ackOrchestrationItem(token, { execution: 1, metadata: { status: 'failed', output: 'damaged' } });
  expect(await store.describe('a')).toMatchObject({ status: 'failed', output: 'damaged' });
  await expectNoTurn(store, 'it has ended');
});

test('3.5 an ack after expiry is refused even when no other client took over', async ({ store, storeClock }) => {
  await store.enqueueForOrchestrator(start('a'));
  const { token } = await fetchTurn(store);
  await storeClock.advance(lockTimeout + 1_000);
  await expect(store.ackOrchestrationItem(token, firstTurn({ history: events(1) }))).rejects.toMatchObject(
    refusedToken,
  );
  expect(await store.read('a')).toEqual([]);
});

for (const operation of ['ackWorkItem', 'abandonWorkItem', 'renewWorkItemLock'] as const) {
  test(`${operation} with an unknown token is refused for good`, async ({ store }) => {
    const call = {
      ackWorkItem: () => store.ackWorkItem('unknown'),
      abandonWorkItem: () => store.abandonWorkItem('unknown'),
      renewWorkItemLock: () => store.renewWorkItemLock('unknown', lockTimeout),
    };
    await expect(call[operation]()).rejects.toMatchObject({ name: 'StoreError', operation, retryable: false });
  });
}

test('an ack of work with an unknown token sends no completion', async ({ store }) => {
  await begin(store, 'a');
  await expect(store.ackWorkItem('unknown', event('a'))).rejects.toMatchObject({ retryable: false });
  await expectNoTurn(store, 'no completion was sent');
});

test('an instance that is acknowledged twice is refused the second time', async ({ store }) => {
  await store.enqueueForOrchestrator(start('a'));
  const { token } = await fetchTurn(store);
  await store.ackOrchestrationItem(token, firstTurn());
  await expect(store.ackOrchestrationItem(token, { execution: 1 })).rejects.toMatchObject(refusedToken);
});

test('events are not appended to an unknown instance', async ({ store }) => {
  await expect(store.appendWithExecution('unknown', 1, events(1))).rejects.toMatchObject({ retryable: false });
  expect(await store.read('unknown')).toEqual([]);
  await expectNoWork(store, 'nothing was made');
});
