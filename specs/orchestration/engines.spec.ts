import { expect, test } from '../../fixtures/index.ts';
import type { OrchestrationStore } from '../../helpers/orchestration/index.ts';
import { begin, event, fetchTurn, lockTimeout, start } from './turns.ts';

/** The instance that an engine of these versions gets. */
async function instanceFor(store: OrchestrationStore, min: number, max: number): Promise<string | undefined> {
  return (await store.fetchOrchestrationItem({ lockTimeout, engines: { min, max } }))?.instance;
}

test.beforeEach(async ({ store }) => {
  for (const engine of [1, 2, 3])
    await begin(store, `needs ${engine}`, { metadata: { name: 'order', version: '1', engine } });
  for (const engine of [1, 2, 3]) await store.enqueueForOrchestrator(event(`needs ${engine}`));
});

test('an engine gets the instances that it can replay', async ({ store }) => {
  expect(await instanceFor(store, 2, 2)).toBe('needs 2');
  expect(await instanceFor(store, 2, 2)).toBeUndefined();
});

test('the limits of a range belong to it', async ({ store }) => {
  expect(await instanceFor(store, 2, 3)).toBe('needs 2');
  expect(await instanceFor(store, 2, 3)).toBe('needs 3');
  expect(await instanceFor(store, 2, 3)).toBeUndefined();
});

test('an engine that names no versions gets every instance', async ({ store }) => {
  for (const engine of [1, 2, 3]) expect((await fetchTurn(store)).instance).toBe(`needs ${engine}`);
});

test('an instance that needs no version suits every engine', async ({ store }) => {
  await store.enqueueForOrchestrator(start('new'));
  expect(await instanceFor(store, 7, 9)).toBe('new');
});

test('an instance that does not suit holds back none that does', async ({ store }) => {
  expect(await instanceFor(store, 3, 3)).toBe('needs 3');
});

test('an instance needs the version that its last turn has named', async ({ store }) => {
  const { token } = await fetchTurn(store);
  await store.ackOrchestrationItem(token, { execution: 1, metadata: { engine: 5 } });
  await store.enqueueForOrchestrator(event('needs 1'));
  expect(await instanceFor(store, 1, 1)).toBeUndefined();
  expect(await instanceFor(store, 5, 5)).toBe('needs 1');
});

test('a new execution needs no version until it names one', async ({ store }) => {
  const { token } = await fetchTurn(store);
  await store.ackOrchestrationItem(token, { execution: 2 });
  await store.enqueueForOrchestrator(event('needs 1'));
  expect(await instanceFor(store, 9, 9)).toBe('needs 1');
});
