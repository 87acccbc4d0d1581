import { expect, test } from '../../fixtures/index.ts';
import {
  begin,
  completion,
  event,
  expectNoTurn,
  fetchTurn,
  firstTurn,
  kinds,
  lockTimeout,
  refusedToken,
  start,
  takeTurn,
} from './turns.ts';

test('1.1 a locked instance is fetched again only after its lock expired, with a new token', async ({
  store,
  storeClock,
}) => {
  await store.enqueueForOrchestrator(start('a'));
  const first = await fetchTurn(store);
  await expectNoTurn(store, 'the only instance is locked');
  await storeClock.advance(lockTimeout + 1_000);
  const second = await fetchTurn(store);
  expect(second.instance).toBe('a');
  expect(second.token).not.toBe(first.token);
});

test('1.2 five instances are locked by five different tokens', async ({ store }) => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  for (const name of names) await store.enqueueForOrchestrator(start(name));
  const items = [];
  for (const _ of names) items.push(await fetchTurn(store));
  expect(items.map(({ instance }) => instance)).toEqual(names);
  expect(new Set(items.map(({ token }) => token)).size).toBe(5);
});

test('1.3 an invented token is refused by ack and abandon, and the lock stays', async ({ store }) => {
  await store.enqueueForOrchestrator(start('a'));
  const { token } = await fetchTurn(store);
  await expect(store.ackOrchestrationItem('invented', firstTurn())).rejects.toMatchObject(refusedToken);
  await expect(store.abandonOrchestrationItem('invented')).rejects.toMatchObject(refusedToken);
  await expectNoTurn(store, 'the instance is still locked');
  await store.ackOrchestrationItem(token, firstTurn());
});

test('1.4 ten simultaneous fetches of ten instances get one each', async ({ clients, store }) => {
  const names = Array.from({ length: 10 }, (_, index) => `instance ${index}`);
  for (const name of names) await store.enqueueForOrchestrator(start(name));
  const fetchers = await clients(10);
  const items = await Promise.all(fetchers.map((client) => client.fetchOrchestrationItem({ lockTimeout })));
  expect(items.map((item) => item?.instance ?? 'none').toSorted()).toEqual(names.toSorted());
});

test('1.5 completions that arrive during a lock stay hidden until it expires', async ({ store, storeClock }) => {
  await store.enqueueForOrchestrator(start('a'));
  expect(kinds(await fetchTurn(store))).toEqual(['start']);
  for (const id of [1, 2, 3]) await store.enqueueForOrchestrator(completion('a', id));
  await expectNoTurn(store, 'completions do not open a locked instance');
  await storeClock.advance(lockTimeout + 1_000);
  expect(kinds(await fetchTurn(store))).toEqual(['start', 'completion 1', 'completion 2', 'completion 3']);
});

test('1.6 a locked instance leaves another one free', async ({ store }) => {
  await store.enqueueForOrchestrator(start('a'));
  await fetchTurn(store);
  await store.enqueueForOrchestrator(start('b'));
  expect((await fetchTurn(store)).instance).toBe('b');
});

test('1.7 an ack deletes the messages that were fetched, and only those', async ({ store }) => {
  await begin(store, 'a');
  await store.enqueueForOrchestrator(event('a', 'first'));
  await store.enqueueForOrchestrator(event('a', 'second'));
  const item = await fetchTurn(store);
  expect(kinds(item)).toEqual(['event first', 'event second']);
  await store.enqueueForOrchestrator(event('a', 'third'));
  await store.ackOrchestrationItem(item.token, { execution: 1 });
  expect(kinds(await fetchTurn(store))).toEqual(['event third']);
});

test('two simultaneous fetches of one instance: exactly one gets it', async ({ clients, store }) => {
  const pair = await clients(2);
  for (let round = 0; round < 10; round += 1) {
    await store.enqueueForOrchestrator(start(`round ${round}`));
    const items = await Promise.all(pair.map((client) => client.fetchOrchestrationItem({ lockTimeout })));
    const got = items.filter((item) => item !== undefined);
    expect(
      got.map(({ instance }) => instance),
      'who got the instance',
    ).toEqual([`round ${round}`]);
    await store.ackOrchestrationItem(got[0]!.token, firstTurn());
  }
});

test('a lock that was waited for lasts its whole time', async ({ clients, store, storeClock, hold }) => {
  const [waiting] = await clients(1);
  await begin(store, 'a');
  await store.enqueueForOrchestrator(event('a'));
  const { holds, release } = await hold('a', 'fetches');
  const fetched = waiting!.fetchOrchestrationItem({ lockTimeout, pollTimeout: 5_000 });
  if (await holds(1)) await storeClock.advance(lockTimeout + 1_000);
  await release();
  await waiting!.ackOrchestrationItem((await fetched)!.token, { execution: 1 });
});

test('the instance that became available first is fetched first', async ({ store, storeClock }) => {
  await store.enqueueForOrchestrator(start('late'), 2_000);
  await store.enqueueForOrchestrator(start('early'), 1_000);
  await storeClock.advance(3_000);
  expect((await fetchTurn(store)).instance).toBe('early');
  expect((await fetchTurn(store)).instance).toBe('late');
});

test('an instance that nothing was sent to is not fetched', async ({ store }) => {
  await begin(store, 'a');
  await expectNoTurn(store, 'its only message is acknowledged');
});

test('messages of an instance are fetched in the order in which they were sent', async ({ store }) => {
  await begin(store, 'a');
  const names = Array.from({ length: 8 }, (_, index) => `event ${index}`);
  for (const name of names) await store.enqueueForOrchestrator(event('a', name));
  expect((await fetchTurn(store)).messages.map(({ name }) => name)).toEqual(names);
});

test('a fetched message has all that was sent', async ({ store }) => {
  const data = { text: 'Zürich 🚂 "quoted" \\ \n', list: [1, null, true, { deep: [] }] };
  const sent = start('a', { name: 'travel', version: '2.1.0', data });
  await store.enqueueForOrchestrator(sent);
  const { messages, name, version, execution, history } = await fetchTurn(store);
  expect(messages).toEqual([sent]);
  expect({ name, version, execution, history }).toEqual({
    name: 'travel',
    version: '2.1.0',
    execution: 1,
    history: [],
  });
});

test('a turn reads the history of its execution', async ({ store }) => {
  await begin(store, 'a', { history: [{ id: 1, kind: 'started', data: { by: 'ana' } }] });
  await takeTurn(store, 'a', { execution: 1, history: [{ id: 2, kind: 'paid' }] });
  await store.enqueueForOrchestrator(event('a'));
  expect((await fetchTurn(store)).history).toEqual([
    { id: 1, kind: 'started', data: { by: 'ana' } },
    { id: 2, kind: 'paid' },
  ]);
});
