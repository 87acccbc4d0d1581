import { expect, test } from '../../fixtures/index.ts';
import type { OrchestrationStore } from '../../helpers/orchestration/index.ts';
import {
  begin,
  completion,
  event,
  expectNoTurn,
  expectNoWork,
  fetchTurn,
  fetchWork,
  lockTimeout,
  takeTurn,
  work,
} from './turns.ts';

const cancel = (store: OrchestrationStore, instance: string, ...activities: number[]): Promise<void> =>
  takeTurn(store, instance, { execution: 1, cancelled: activities.map((activity) => ({ execution: 1, activity })) });

test('cancelled work that waits is never fetched', async ({ store }) => {
  await begin(store, 'a', { work: [work('a', 1), work('a', 2)] });
  await cancel(store, 'a', 1);
  expect((await fetchWork(store)).item.activity).toBe(2);
  await expectNoWork(store, 'the first is cancelled');
});

test('cancelled work that is locked cannot be acknowledged, renewed or abandoned', async ({ store }) => {
  await begin(store, 'a', { work: [work('a', 1)] });
  const { token } = await fetchWork(store);
  await cancel(store, 'a', 1);
  await expect(store.renewWorkItemLock(token, lockTimeout)).rejects.toMatchObject({ retryable: false });
  await expect(store.abandonWorkItem(token)).rejects.toMatchObject({ retryable: false });
  await expect(store.ackWorkItem(token, completion('a', 1))).rejects.toMatchObject({ retryable: false });
  await expectNoTurn(store, 'no completion was sent');
});

test('cancelled work does not come back when its lock expires', async ({ store, storeClock }) => {
  await begin(store, 'a', { work: [work('a', 1)] });
  await fetchWork(store);
  await cancel(store, 'a', 1);
  await storeClock.advance(lockTimeout + 1_000);
  await expectNoWork(store, 'it is cancelled');
});

test('cancelling leaves the same activity of other instances and executions', async ({ store }) => {
  await begin(store, 'a', { work: [work('a', 1), work('a', 1, { execution: 2 })] });
  await begin(store, 'b', { work: [work('b', 1)] });
  await cancel(store, 'a', 1);
  expect((await fetchWork(store)).item).toMatchObject({ instance: 'a', execution: 2 });
  expect((await fetchWork(store)).item).toMatchObject({ instance: 'b' });
});

test('several activities are cancelled in one turn', async ({ store }) => {
  await begin(store, 'a', { work: [work('a', 1), work('a', 2), work('a', 3)] });
  await cancel(store, 'a', 1, 3);
  expect((await fetchWork(store)).item.activity).toBe(2);
  await expectNoWork(store, 'the others are cancelled');
});

test('cancelling what is done has no effect', async ({ store }) => {
  await begin(store, 'a', { work: [work('a', 1)] });
  await store.ackWorkItem((await fetchWork(store)).token);
  await cancel(store, 'a', 1, 7);
  await expectNoWork(store, 'nothing was left to cancel');
});

test('a refused turn cancels nothing', async ({ store, storeClock }) => {
  await begin(store, 'a', { work: [work('a', 1)] });
  await store.enqueueForOrchestrator(event('a'));
  const { token } = await fetchTurn(store);
  await storeClock.advance(lockTimeout + 1_000);
  const turn = { execution: 1, cancelled: [{ execution: 1, activity: 1 }] };
  await expect(store.ackOrchestrationItem(token, turn)).rejects.toMatchObject({ retryable: false });
  expect((await fetchWork(store)).item.activity).toBe(1);
});
