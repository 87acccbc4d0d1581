import { expect, test } from '../../fixtures/index.ts';
import { begin, event, events, fetchTurn, takeTurn } from './turns.ts';

test('6.1 executions keep separate histories', async ({ store }) => {
  await begin(store, 'a', { history: events(3), metadata: { status: 'continuedAsNew' } });
  await takeTurn(store, 'a', { execution: 2, history: events(2) });
  expect(await store.readWithExecution('a', 1)).toEqual(events(3));
  expect(await store.readWithExecution('a', 2)).toEqual(events(2));
});

test('6.2 the history that is read is that of the latest execution', async ({ store }) => {
  await begin(store, 'a', { history: events(3) });
  await takeTurn(store, 'a', { execution: 2, history: [{ id: 1, kind: 'again' }] });
  expect(await store.read('a')).toEqual([{ id: 1, kind: 'again' }]);
});

test('6.3 executions are numbered in sequence', async ({ store }) => {
  await begin(store, 'a');
  for (const execution of [2, 3, 4]) {
    await takeTurn(store, 'a', { execution });
    expect(await store.describe('a')).toMatchObject({ execution });
    await store.enqueueForOrchestrator(event('a'));
    const turn = await fetchTurn(store);
    expect(turn.execution).toBe(execution);
    await store.abandonOrchestrationItem(turn.token);
    await store.ackOrchestrationItem((await fetchTurn(store)).token, { execution });
  }
});

test('6.4 the status and the output of an execution are kept', async ({ store }) => {
  await begin(store, 'a', { metadata: { status: 'completed', output: 'result' } });
  expect(await store.describe('a')).toMatchObject({ execution: 1, status: 'completed', output: 'result' });
});

test('6.5 an ack of execution 1 and then of 3 leaves 3 as the current one', async ({ store }) => {
  await begin(store, 'a');
  await takeTurn(store, 'a', { execution: 3 });
  expect(await store.describe('a')).toMatchObject({ execution: 3 });
});

test('an ack of an older execution does not make it the current one', async ({ store }) => {
  await begin(store, 'a');
  await takeTurn(store, 'a', { execution: 3 });
  await takeTurn(store, 'a', { execution: 2, history: events(1) });
  expect(await store.describe('a')).toMatchObject({ execution: 3 });
  expect(await store.readWithExecution('a', 2)).toEqual(events(1));
});

test('a new execution runs, whatever became of the one before', async ({ store }) => {
  await begin(store, 'a', { metadata: { status: 'failed', output: 'no money' } });
  await takeTurn(store, 'a', { execution: 2 });
  expect(await store.describe('a')).toMatchObject({ execution: 2, status: 'running', output: undefined });
});

test('events are appended behind those that are there', async ({ store }) => {
  await begin(store, 'a', { history: events(2) });
  await store.appendWithExecution('a', 1, events(2, 3));
  expect(await store.read('a')).toEqual(events(4));
});

test('events are read by their ids, whatever the order in which they came', async ({ store }) => {
  await begin(store, 'a', { history: events(2, 9) });
  await store.appendWithExecution('a', 1, events(2, 1));
  expect((await store.read('a')).map(({ id }) => id)).toEqual([1, 2, 9, 10]);
});

test('a long history is read whole', async ({ store }) => {
  await begin(store, 'a', { history: events(1_000) });
  expect(await store.read('a')).toEqual(events(1_000));
});
