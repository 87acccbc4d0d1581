import { expect, test } from '../../fixtures/index.ts';
import {
  begin,
  completion,
  event,
  events,
  expectNoTurn,
  expectNoWork,
  fetchTurn,
  fetchWork,
  firstTurn,
  kinds,
  lockTimeout,
  refusedToken,
  start,
  work,
} from './turns.ts';

test('4.1 an expired instance is fetched again, and the old token is dead', async ({ store, storeClock }) => {
  await store.enqueueForOrchestrator(start('a'));
  const old = await fetchTurn(store);
  await storeClock.advance(lockTimeout + 1_000);
  const current = await fetchTurn(store);
  await expect(store.ackOrchestrationItem(old.token, firstTurn())).rejects.toMatchObject(refusedToken);
  await store.ackOrchestrationItem(current.token, firstTurn());
});

test('4.2 a renewed lock lasts longer', async ({ store, storeClock }) => {
  await store.enqueueForOrchestrator(start('a'));
  const { token } = await fetchTurn(store);
  await storeClock.advance(lockTimeout - 10_000);
  await store.renewOrchestrationItemLock(token, lockTimeout);
  await storeClock.advance(lockTimeout - 10_000);
  await expectNoTurn(store, 'the lock was renewed');
  await store.ackOrchestrationItem(token, firstTurn());
});

test('4.2 a renewal cannot revive an expired lock', async ({ store, storeClock }) => {
  await store.enqueueForOrchestrator(start('a'));
  const { token } = await fetchTurn(store);
  await storeClock.advance(lockTimeout + 1_000);
  await expect(store.renewOrchestrationItemLock(token, lockTimeout)).rejects.toMatchObject({ retryable: false });
  expect((await fetchTurn(store)).instance).toBe('a');
});

test('4.3 an expired ack is refused after another client took over, and changes nothing', async ({
  clients,
  store,
  storeClock,
}) => {
  const [other] = await clients(1);
  await begin(store, 'a');
  await store.enqueueForOrchestrator(event('a'));
  const slow = await fetchTurn(store);
  await storeClock.advance(lockTimeout + 1_000);
  const quick = await fetchTurn(other!);
  await expect(store.ackOrchestrationItem(slow.token, { execution: 1, work: [work('a', 1)] })).rejects.toMatchObject(
    refusedToken,
  );
  await expectNoWork(store, 'of a refused turn');
  await other!.ackOrchestrationItem(quick.token, { execution: 1 });
  await expectNoTurn(store, 'its message is acknowledged');
});

test('an ack that is held up until another client took over is refused', async ({
  clients,
  store,
  storeClock,
  hold,
}) => {
  const [other] = await clients(1);
  await begin(store, 'a');
  await store.enqueueForOrchestrator(event('a'));
  const { token } = await fetchTurn(store);
  const { holds, release } = await hold('a', 'acks');
  const acked = Promise.allSettled([store.ackOrchestrationItem(token, { execution: 1, history: events(1) })]);
  const isHeld = await holds(1);
  await storeClock.advance(lockTimeout + 1_000);
  await other!.fetchOrchestrationItem({ lockTimeout });
  await release();
  // Where operations run one at a time, the ack has come before all that.
  expect((await acked)[0].status).toBe(isHeld ? 'rejected' : 'fulfilled');
  expect(await store.read('a')).toEqual(isHeld ? [] : events(1));
});

test('4.4 an abandoned instance can be fetched at once', async ({ store }) => {
  await store.enqueueForOrchestrator(start('a'));
  const { token } = await fetchTurn(store);
  await store.abandonOrchestrationItem(token);
  const again = await fetchTurn(store);
  expect(kinds(again)).toEqual(['start']);
  expect(again.token).not.toBe(token);
});

test('an instance that is abandoned with a delay is fetched after it', async ({ store, storeClock }) => {
  await store.enqueueForOrchestrator(start('a'));
  const { token } = await fetchTurn(store);
  await store.abandonOrchestrationItem(token, { delay: 30_000 });
  await expectNoTurn(store, 'the delay lasts');
  await storeClock.advance(31_000);
  expect((await fetchTurn(store)).instance).toBe('a');
});

test('an expired lock cannot be abandoned', async ({ store, storeClock }) => {
  await store.enqueueForOrchestrator(start('a'));
  const { token } = await fetchTurn(store);
  await storeClock.advance(lockTimeout + 1_000);
  await expect(store.abandonOrchestrationItem(token)).rejects.toMatchObject(refusedToken);
});

test('an abandoned token is dead', async ({ store }) => {
  await store.enqueueForOrchestrator(start('a'));
  const { token } = await fetchTurn(store);
  await store.abandonOrchestrationItem(token);
  await expect(store.ackOrchestrationItem(token, firstTurn())).rejects.toMatchObject(refusedToken);
  await expect(store.abandonOrchestrationItem(token)).rejects.toMatchObject(refusedToken);
  await expect(store.renewOrchestrationItemLock(token, lockTimeout)).rejects.toMatchObject({ retryable: false });
});

test('a renewal of half a second lasts half a second', async ({ store, storeClock }) => {
  await store.enqueueForOrchestrator(start('a'));
  const { token } = await fetchTurn(store);
  await store.renewOrchestrationItemLock(token, 60_900);
  await storeClock.advance(60_100);
  await expectNoTurn(store, 'the lock has 800 ms left');
});

test('a renewal replaces the end of a lock, so that it can end earlier', async ({ store, storeClock }) => {
  await store.enqueueForOrchestrator(start('a'));
  const { token } = await fetchTurn(store);
  await store.renewOrchestrationItemLock(token, 5_000);
  await storeClock.advance(6_000);
  expect((await fetchTurn(store)).instance).toBe('a');
});

test('a lock expires in real time', { tag: '@long' }, async ({ store }) => {
  await store.enqueueForOrchestrator(start('a'));
  await fetchTurn(store, 300);
  await expectNoTurn(store, 'the lock lasts');
  expect(await store.fetchOrchestrationItem({ lockTimeout, pollTimeout: 5_000 })).toMatchObject({ instance: 'a' });
});

test('an expired work item is fetched again, and the old token is dead', async ({ store, storeClock }) => {
  await store.enqueueForWorker(work('a', 1));
  const old = await fetchWork(store);
  await storeClock.advance(lockTimeout + 1_000);
  const current = await fetchWork(store);
  expect(current.item).toEqual(work('a', 1));
  await expect(store.ackWorkItem(old.token)).rejects.toMatchObject({ retryable: false });
  await expect(store.renewWorkItemLock(old.token, lockTimeout)).rejects.toMatchObject({ retryable: false });
  await store.ackWorkItem(current.token);
});

test('an expired work item is refused even when no other client took over', async ({ store, storeClock }) => {
  await begin(store, 'a', { work: [work('a', 1)] });
  const { token } = await fetchWork(store);
  await storeClock.advance(lockTimeout + 1_000);
  await expect(store.ackWorkItem(token, completion('a', 1))).rejects.toMatchObject({ retryable: false });
  await expect(store.abandonWorkItem(token)).rejects.toMatchObject({ retryable: false });
  await expectNoTurn(store, 'no completion was sent');
});

test('a renewed work item lasts longer', async ({ store, storeClock }) => {
  await store.enqueueForWorker(work('a', 1));
  const { token } = await fetchWork(store);
  await storeClock.advance(lockTimeout - 10_000);
  await store.renewWorkItemLock(token, lockTimeout);
  await storeClock.advance(lockTimeout - 10_000);
  await expectNoWork(store, 'the lock was renewed');
  await store.ackWorkItem(token);
});

test('a renewal of work by half a second lasts half a second', async ({ store, storeClock }) => {
  await store.enqueueForWorker(work('a', 1));
  const { token } = await fetchWork(store);
  await store.renewWorkItemLock(token, 60_900);
  await storeClock.advance(60_100);
  await expectNoWork(store, 'the lock has 800 ms left');
});
