import { expect, test } from '../../fixtures/index.ts';
import { begin, event, expectNoTurn, fetchTurn, firstTurn, kinds, lockTimeout, start } from './turns.ts';

test('a message before the start makes no instance, and waits for it', async ({ store }) => {
  await store.enqueueForOrchestrator(event('a', 'too early'));
  await expectNoTurn(store, 'the instance has not started');
  expect(await store.describe('a')).toBeUndefined();
  await store.enqueueForOrchestrator(start('a'));
  expect(kinds(await fetchTurn(store))).toEqual(['event too early', 'start']);
});

test('a start that is queued makes no instance before its first ack', async ({ store }) => {
  await store.enqueueForOrchestrator(start('a'));
  expect(await store.describe('a')).toBeUndefined();
  const { token } = await fetchTurn(store);
  expect(await store.describe('a')).toBeUndefined();
  await store.ackOrchestrationItem(token, firstTurn());
  expect(await store.describe('a')).toMatchObject({ name: 'order', version: '1.0.0', execution: 1, status: 'running' });
});

test('a first turn that names no orchestration is refused', async ({ store }) => {
  await store.enqueueForOrchestrator(start('a'));
  const { token } = await fetchTurn(store);
  await expect(store.ackOrchestrationItem(token, { execution: 1 })).rejects.toMatchObject({ retryable: false });
  expect(await store.describe('a')).toBeUndefined();
  await store.ackOrchestrationItem(token, firstTurn());
});

test('a second start of an instance is a message like any other', async ({ store }) => {
  await begin(store, 'a', { history: [{ id: 1, kind: 'started' }] });
  await store.enqueueForOrchestrator(start('a', { name: 'other' }));
  const turn = await fetchTurn(store);
  expect(turn).toMatchObject({ name: 'order', execution: 1, history: [{ id: 1, kind: 'started' }] });
  expect(kinds(turn)).toEqual(['start']);
});

test('a later turn can give an instance another name and version, which it keeps', async ({ store }) => {
  await begin(store, 'a');
  await store.enqueueForOrchestrator(event('a'));
  const { token } = await fetchTurn(store);
  await store.ackOrchestrationItem(token, { execution: 2, metadata: { name: 'order', version: '2.0.0' } });
  expect(await store.describe('a')).toMatchObject({ name: 'order', version: '2.0.0', execution: 2 });
  await store.enqueueForOrchestrator(event('a'));
  await store.ackOrchestrationItem((await fetchTurn(store)).token, { execution: 2, metadata: { status: 'running' } });
  expect(await store.describe('a')).toMatchObject({ name: 'order', version: '2.0.0', execution: 2 });
});

test('a start that is delayed starts its instance when it is due', async ({ store, storeClock }) => {
  await store.enqueueForOrchestrator(start('a'), 30_000);
  await store.enqueueForOrchestrator(event('a'));
  await expectNoTurn(store, 'the start is not due');
  await storeClock.advance(31_000);
  expect(kinds(await fetchTurn(store))).toEqual(['start', 'event paid']);
});

test('an instance that was never acknowledged can start anew', async ({ store, storeClock }) => {
  await store.enqueueForOrchestrator(start('a'));
  await fetchTurn(store);
  await storeClock.advance(lockTimeout + 1_000);
  const again = await fetchTurn(store);
  expect(again).toMatchObject({ name: 'order', execution: 1, history: [] });
  await store.ackOrchestrationItem(again.token, firstTurn());
});

test('an instance knows which one has started it', async ({ store }) => {
  await begin(store, 'parent');
  await begin(store, 'child', { metadata: { name: 'order', version: '1.0.0', parent: 'parent' } });
  expect(await store.describe('child')).toMatchObject({ parent: 'parent' });
  expect(await store.describe('parent')).toMatchObject({ parent: undefined });
});
