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
  refusedToken,
  start,
  takeTurn,
  work,
} from './turns.ts';

const ended = { name: 'order', version: '1', status: 'completed' } as const;

test('a deleted instance leaves nothing', async ({ store }) => {
  await begin(store, 'a', { history: events(3), work: [work('a', 1)], metadata: ended });
  await store.enqueueForOrchestrator(event('a'));
  await store.deleteInstance('a');
  expect(await store.describe('a')).toBeUndefined();
  expect(await store.readWithExecution('a', 1)).toEqual([]);
  await expectNoWork(store, 'its work is deleted');
  await expectNoTurn(store, 'its messages are deleted');
});

test('a running instance is deleted by force alone', async ({ store }) => {
  await begin(store, 'a', { history: events(1) });
  await expect(store.deleteInstance('a')).rejects.toMatchObject({ name: 'StoreError', retryable: false });
  expect(await store.read('a')).toEqual(events(1));
  await store.deleteInstance('a', { force: true });
  expect(await store.describe('a')).toBeUndefined();
});

test('a deletion leaves other instances', async ({ store }) => {
  await begin(store, 'a', { metadata: ended });
  await begin(store, 'b', { history: events(2), work: [work('b', 1)] });
  await store.deleteInstance('a');
  expect(await store.read('b')).toEqual(events(2));
  expect((await fetchWork(store)).item.instance).toBe('b');
});

test('descendants are deleted with their ancestor', async ({ store }) => {
  await begin(store, 'parent', { metadata: ended });
  await begin(store, 'child', { metadata: { ...ended, parent: 'parent' } });
  await begin(store, 'grandchild', { metadata: { ...ended, parent: 'child' } });
  await store.deleteInstance('parent');
  for (const name of ['parent', 'child', 'grandchild']) expect(await store.describe(name)).toBeUndefined();
});

test('a running descendant keeps its family from being deleted', async ({ store }) => {
  await begin(store, 'parent', { metadata: ended });
  await begin(store, 'child', { metadata: { name: 'order', version: '1', parent: 'parent' } });
  await expect(store.deleteInstance('parent')).rejects.toMatchObject({ retryable: false });
  expect(await store.describe('parent')).toBeDefined();
  await store.deleteInstance('parent', { force: true });
  expect(await store.describe('child')).toBeUndefined();
});

test('a child is not deleted without its parent', async ({ store }) => {
  await begin(store, 'parent', { metadata: ended });
  await begin(store, 'child', { metadata: { ...ended, parent: 'parent' } });
  for (const force of [false, true])
    await expect(store.deleteInstance('child', { force })).rejects.toMatchObject({ retryable: false });
  expect(await store.describe('child')).toBeDefined();
});

test('the lock of a deleted instance is gone', async ({ store }) => {
  await begin(store, 'a');
  await store.enqueueForOrchestrator(event('a'));
  const { token } = await fetchTurn(store);
  await store.deleteInstance('a', { force: true });
  await expect(store.ackOrchestrationItem(token, { execution: 1 })).rejects.toMatchObject(refusedToken);
  expect(await store.describe('a')).toBeUndefined();
});

test('work of a deleted instance cannot be acknowledged', async ({ store }) => {
  await begin(store, 'a', { work: [work('a', 1)] });
  const { token } = await fetchWork(store);
  await store.deleteInstance('a', { force: true });
  await expect(store.ackWorkItem(token, completion('a', 1))).rejects.toMatchObject({ retryable: false });
  await store.enqueueForOrchestrator(start('a'));
  expect((await fetchTurn(store)).messages).toEqual([start('a')]);
});

test('a deleted instance can start anew', async ({ store }) => {
  await begin(store, 'a', { history: events(3), metadata: { ...ended, output: 'old' } });
  await takeTurn(store, 'a', { execution: 2, metadata: { status: 'completed' } });
  await store.enqueueForOrchestrator(event('a', 'too late'));
  await store.deleteInstance('a');
  await store.enqueueForOrchestrator(start('a'));
  const turn = await fetchTurn(store);
  expect(turn).toMatchObject({ execution: 1, history: [], messages: [start('a')] });
  await store.ackOrchestrationItem(turn.token, firstTurn());
  expect(await store.describe('a')).toMatchObject({ execution: 1, status: 'running', output: undefined });
});

test('deleting an unknown instance has no effect', async ({ store }) => {
  await store.deleteInstance('unknown');
  expect(await store.describe('unknown')).toBeUndefined();
});

test.describe('pruning', () => {
  test.beforeEach(async ({ store }) => {
    await begin(store, 'a', {
      history: events(1),
      metadata: { name: 'order', version: '1', status: 'continuedAsNew' },
    });
    for (const execution of [2, 3, 4])
      await takeTurn(store, 'a', { execution, history: events(execution), metadata: { status: 'continuedAsNew' } });
  });

  test('the latest executions are kept', async ({ store }) => {
    expect(await store.pruneExecutions('a', 2)).toBe(2);
    for (const execution of [1, 2]) expect(await store.readWithExecution('a', execution)).toEqual([]);
    for (const execution of [3, 4]) expect(await store.readWithExecution('a', execution)).toEqual(events(execution));
  });

  test('the current execution is kept even when none is to be', async ({ store }) => {
    expect(await store.pruneExecutions('a', 0)).toBe(3);
    expect(await store.read('a')).toEqual(events(4));
  });

  test('an instance with few executions loses none', async ({ store }) => {
    expect(await store.pruneExecutions('a', 10)).toBe(0);
    expect(await store.readWithExecution('a', 1)).toEqual(events(1));
  });

  test('other instances keep theirs', async ({ store }) => {
    await begin(store, 'b', { history: events(1) });
    await takeTurn(store, 'b', { execution: 2 });
    await store.pruneExecutions('a', 1);
    expect(await store.readWithExecution('b', 1)).toEqual(events(1));
  });
});
