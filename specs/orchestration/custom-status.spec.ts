import { expect, test } from '../../fixtures/index.ts';
import { begin, event, fetchTurn, firstTurn, lockTimeout, start, takeTurn } from './turns.ts';

test('a custom status is read as it was set', async ({ store }) => {
  await begin(store, 'a', { metadata: { name: 'order', version: '1', customStatus: '{"done": 3, "of": "Zürich"}' } });
  expect(await store.describe('a')).toMatchObject({
    customStatus: '{"done": 3, "of": "Zürich"}',
    customStatusVersion: 1,
  });
});

test('an instance without a custom status has version 0', async ({ store }) => {
  await begin(store, 'a');
  expect(await store.describe('a')).toMatchObject({ customStatus: undefined, customStatusVersion: 0 });
});

test('each change of the custom status counts', async ({ store }) => {
  await begin(store, 'a', { metadata: { name: 'order', version: '1', customStatus: 'one' } });
  await takeTurn(store, 'a', { execution: 1, metadata: { customStatus: 'two' } });
  expect(await store.describe('a')).toMatchObject({ customStatus: 'two', customStatusVersion: 2 });
});

test('a turn that names no custom status leaves it', async ({ store }) => {
  await begin(store, 'a', { metadata: { name: 'order', version: '1', customStatus: 'one' } });
  await takeTurn(store, 'a', { execution: 1, metadata: { status: 'completed' } });
  expect(await store.describe('a')).toMatchObject({ customStatus: 'one', customStatusVersion: 1 });
});

test('a custom status that is set to null is removed', async ({ store }) => {
  await begin(store, 'a', { metadata: { name: 'order', version: '1', customStatus: 'one' } });
  await takeTurn(store, 'a', { execution: 1, metadata: { customStatus: null } });
  expect(await store.describe('a')).toMatchObject({ customStatus: undefined, customStatusVersion: 2 });
});

test('a custom status outlives its execution', async ({ store }) => {
  await begin(store, 'a', { metadata: { name: 'order', version: '1', customStatus: 'one' } });
  await takeTurn(store, 'a', { execution: 2 });
  expect(await store.describe('a')).toMatchObject({ execution: 2, customStatus: 'one' });
});

test('a refused turn leaves the custom status', async ({ store, storeClock }) => {
  await store.enqueueForOrchestrator(start('a'));
  await store.ackOrchestrationItem((await fetchTurn(store)).token, firstTurn());
  await store.enqueueForOrchestrator(event('a'));
  const { token } = await fetchTurn(store);
  await storeClock.advance(lockTimeout + 1_000);
  const refused = store.ackOrchestrationItem(token, { execution: 1, metadata: { customStatus: 'late' } });
  await expect(refused).rejects.toMatchObject({ retryable: false });
  expect(await store.describe('a')).toMatchObject({ customStatus: undefined });
});
