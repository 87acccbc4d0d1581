import { expect, test } from '../../fixtures/index.ts';
import type { StoreError } from '../../helpers/orchestration/index.ts';
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

/** Errors after which the same call may succeed: of a deadlock, for example. */
const retryableErrors = (outcomes: readonly PromiseSettledResult<void>[]): string[] =>
  outcomes.flatMap((one) =>
    one.status === 'rejected' && (one.reason as StoreError).retryable ? [String(one.reason)] : [],
  );

test('2.1 an ack with an event id that is taken changes nothing, and the lock stays', async ({ store }) => {
  await begin(store, 'a', { history: events(2) });
  await store.enqueueForOrchestrator(event('a'));
  const { token } = await fetchTurn(store);
  const turn = {
    execution: 1,
    history: events(2, 2),
    work: [work('a', 1)],
    messages: [{ message: start('b') }],
    metadata: { customStatus: 'half', status: 'completed' },
  } as const;
  await expect(store.ackOrchestrationItem(token, turn)).rejects.toMatchObject({ name: 'StoreError', retryable: false });
  expect(await store.read('a')).toEqual(events(2));
  expect(await store.describe('a')).toMatchObject({ status: 'running', customStatus: undefined });
  await expectNoWork(store, 'of a refused turn');
  await expectNoTurn(store, 'the instance is still locked, and no other was started');
  await store.ackOrchestrationItem(token, { execution: 1, history: events(1, 3) });
  expect(await store.read('a')).toEqual(events(3));
});

test('2.2 an ack stores five events, three work items, a timer and a message, in order', async ({
  store,
  storeClock,
}) => {
  await store.enqueueForOrchestrator(start('a'));
  const { token } = await fetchTurn(store);
  await store.ackOrchestrationItem(
    token,
    firstTurn({
      history: events(5),
      work: [work('a', 1), work('a', 2), work('a', 3)],
      messages: [
        { message: { instance: 'a', kind: 'timer', execution: 1, id: 4 }, delay: 10_000 },
        { message: event('a', 'raised') },
      ],
    }),
  );
  expect(await store.read('a')).toEqual(events(5));
  for (const activity of [1, 2, 3]) expect((await fetchWork(store)).item).toEqual(work('a', activity));
  const turn = await fetchTurn(store);
  expect(kinds(turn)).toEqual(['event raised']);
  await store.ackOrchestrationItem(turn.token, { execution: 1 });
  await expectNoTurn(store, 'the timer is not due');
  await storeClock.advance(11_000);
  expect(kinds(await fetchTurn(store))).toEqual(['timer 4']);
});

test('2.3 a refused ack does not unlock', async ({ store }) => {
  await store.enqueueForOrchestrator(start('a'));
  const { token } = await fetchTurn(store);
  await expect(store.ackOrchestrationItem(`${token}x`, firstTurn())).rejects.toMatchObject(refusedToken);
  await expectNoTurn(store, 'the instance is still locked');
});

for (const [what, history] of [
  ['with history', events(1)],
  ['with empty history', []],
] as const) {
  test(`2.4 two simultaneous acks of one token ${what}: exactly one succeeds`, async ({ clients, store, hold }) => {
    const pair = await clients(2);
    await store.enqueueForOrchestrator(start('a'));
    const { token } = await fetchTurn(store);
    const { holds, release } = await hold('a', 'acks');
    const acks = pair.map((client) => client.ackOrchestrationItem(token, firstTurn({ history, work: [work('a', 1)] })));
    const outcomes = Promise.allSettled(acks);
    await holds(2);
    await release();
    expect((await outcomes).map(({ status }) => status).toSorted(), 'of two acks').toEqual(['fulfilled', 'rejected']);
    expect((await fetchWork(store)).item.instance).toBe('a');
    await expectNoWork(store, 'one ack made one work item');
  });
}

test('an ack and an abandon of one token at once: exactly one succeeds', async ({ clients, store, hold }) => {
  const [one, other] = await clients(2);
  await begin(store, 'a');
  await store.enqueueForOrchestrator(event('a'));
  const { token } = await fetchTurn(store);
  const { holds, release } = await hold('a', 'acks');
  const acked = Promise.allSettled([one!.ackOrchestrationItem(token, { execution: 1 })]);
  await holds(1);
  const abandoned = Promise.allSettled([other!.abandonOrchestrationItem(token)]);
  await Promise.race([holds(2), abandoned]);
  await release();
  const [ack, abandon] = [...(await acked), ...(await abandoned)];
  expect([ack.status, abandon.status].toSorted(), 'of an ack and an abandon').toEqual(['fulfilled', 'rejected']);
  if (ack.status === 'rejected') await store.ackOrchestrationItem((await fetchTurn(store)).token, { execution: 1 });
  await expectNoTurn(store, 'its message is acknowledged once');
});

test('an ack that starts another instance does so together with its history', async ({ store }) => {
  await begin(store, 'parent', { history: events(1), messages: [{ message: start('child') }] });
  const child = await fetchTurn(store);
  expect(child).toMatchObject({ instance: 'child', name: 'order', execution: 1 });
  expect(await store.read('parent')).toEqual(events(1));
});

test('two instances that send each other messages in simultaneous acks get them', async ({ clients, store }) => {
  const [one, other] = await clients(2);
  await begin(store, 'a');
  await begin(store, 'b');
  for (let round = 0; round < 20; round += 1) {
    await store.enqueueForOrchestrator(event('a'));
    await store.enqueueForOrchestrator(event('b'));
    const [a, b] = [await fetchTurn(store), await fetchTurn(store)];
    const to = (instance: string) => ({ execution: 1, messages: [{ message: event(instance, 'hello') }] });
    await Promise.all([
      one!.ackOrchestrationItem(a.token, to(b.instance)),
      other!.ackOrchestrationItem(b.token, to(a.instance)),
    ]);
    const [c, d] = [await fetchTurn(store), await fetchTurn(store)];
    expect([...kinds(c), ...kinds(d)]).toEqual(['event hello', 'event hello']);
    await store.ackOrchestrationItem(c.token, { execution: 1 });
    await store.ackOrchestrationItem(d.token, { execution: 1 });
  }
});

test('acks that cancel work and acks of that work never wait for each other', async ({ clients, store }) => {
  const [engine, worker] = await clients(2);
  for (let round = 0; round < 20; round += 1) {
    const instance = `round ${round}`;
    await begin(store, instance, { work: [work(instance, 1)] });
    await store.enqueueForOrchestrator(event(instance));
    const [turn, item] = [await fetchTurn(store), await fetchWork(store)];
    const [cancelled, completed] = await Promise.allSettled([
      engine!.ackOrchestrationItem(turn.token, { execution: 1, cancelled: [{ execution: 1, activity: 1 }] }),
      worker!.ackWorkItem(item.token, completion(instance, 1)),
    ]);
    expect(cancelled.status, 'the cancelling ack').toBe('fulfilled');
    expect(retryableErrors([completed]), 'that the ack of the work ran into').toEqual([]);
    if (completed.status === 'fulfilled')
      await store.ackOrchestrationItem((await fetchTurn(store)).token, { execution: 1 });
    await expectNoWork(store, 'it is either cancelled or done');
    await expectNoTurn(store, 'and its completion is acknowledged');
  }
});

test('a renewal and an ack of one token at the same time do not deadlock', async ({ clients, store, hold }) => {
  const [engine, heartbeat] = await clients(2);
  await begin(store, 'a');
  await store.enqueueForOrchestrator(event('a'));
  const { token } = await fetchTurn(store);
  const { holds, release } = await hold('a', 'locks');
  const acked = Promise.allSettled([engine!.ackOrchestrationItem(token, { execution: 1 })]);
  await holds(1);
  const renewed = Promise.allSettled([heartbeat!.renewOrchestrationItemLock(token, lockTimeout)]);
  await Promise.race([holds(2), renewed]);
  const [, [ack], [renewal]] = await Promise.all([release(), acked, renewed]);
  expect(ack.status, 'the ack').toBe('fulfilled');
  expect(retryableErrors([renewal]), 'that the renewal ran into').toEqual([]);
});

test('a work item is fetched once its turn is acknowledged, not earlier', async ({ clients, store }) => {
  const [worker] = await clients(1);
  await store.enqueueForOrchestrator(start('a'));
  const { token } = await fetchTurn(store);
  const waiting = worker!.fetchWorkItem({ lockTimeout, pollTimeout: 5_000 });
  await store.ackOrchestrationItem(token, firstTurn({ work: [work('a', 1)] }));
  expect((await waiting)?.item).toEqual(work('a', 1));
});
