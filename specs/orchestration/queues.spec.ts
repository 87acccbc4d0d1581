import { expect, test } from '../../fixtures/index.ts';
import type { OrchestrationItem, WorkItem } from '../../helpers/orchestration/index.ts';
import {
  begin,
  completion,
  event,
  expectNoTurn,
  expectNoWork,
  fetchTurn,
  fetchWork,
  firstTurn,
  kinds,
  lockTimeout,
  start,
  work,
} from './turns.ts';

test('5.1 five work items are fetched in the order in which they came', async ({ store }) => {
  for (const activity of [1, 2, 3, 4, 5]) await store.enqueueForWorker(work('a', activity));
  for (const activity of [1, 2, 3, 4, 5]) {
    const { item, token } = await fetchWork(store);
    expect(item.activity).toBe(activity);
    await store.ackWorkItem(token);
  }
});

test('5.2 a locked work item is not fetched again', async ({ store }) => {
  await store.enqueueForWorker(work('a', 1));
  await fetchWork(store);
  await expectNoWork(store, 'the only item is locked');
});

test('5.3 an ack deletes the work item and sends exactly one completion', async ({ store }) => {
  await begin(store, 'a', { work: [work('a', 1)] });
  const { token } = await fetchWork(store);
  await store.ackWorkItem(token, completion('a', 1, { charged: 12.5 }));
  await expectNoWork(store, 'the item is done');
  const turn = await fetchTurn(store);
  expect(turn.messages).toEqual([completion('a', 1, { charged: 12.5 })]);
  await expect(store.ackWorkItem(token, completion('a', 1))).rejects.toMatchObject({ retryable: false });
  await store.ackOrchestrationItem(turn.token, { execution: 1 });
  await expectNoTurn(store, 'there was one completion');
});

test('5.4 a delayed message is invisible until it is due', async ({ store, storeClock }) => {
  await begin(store, 'a');
  await store.enqueueForOrchestrator({ instance: 'a', kind: 'timer', id: 1 }, 10_000);
  await expectNoTurn(store, 'the timer is not due');
  await storeClock.advance(11_000);
  expect(kinds(await fetchTurn(store))).toEqual(['timer 1']);
});

test('5.6 a work item whose token was lost is delivered again after its lock expired', async ({
  clients,
  store,
  storeClock,
}) => {
  const [lost] = await clients(1);
  await store.enqueueForWorker(work('a', 1));
  await fetchWork(lost!);
  await lost!.close();
  await expectNoWork(store, 'the lock lasts');
  await storeClock.advance(lockTimeout + 1_000);
  expect((await fetchWork(store)).item).toEqual(work('a', 1));
});

test('a delayed message does not hold back those behind it', async ({ store }) => {
  await begin(store, 'a');
  await store.enqueueForOrchestrator(event('a', 'later'), 60_000);
  await store.enqueueForOrchestrator(event('a', 'now'));
  expect(kinds(await fetchTurn(store))).toEqual(['event now']);
});

test('an ack leaves a message that is not due', async ({ store, storeClock }) => {
  await begin(store, 'a');
  await store.enqueueForOrchestrator(event('a', 'later'), 30_000);
  await store.enqueueForOrchestrator(event('a', 'now'));
  const { token } = await fetchTurn(store);
  await store.ackOrchestrationItem(token, { execution: 1 });
  await storeClock.advance(31_000);
  expect(kinds(await fetchTurn(store))).toEqual(['event later']);
});

test('a work item that is abandoned with a delay does not hold back those behind it', async ({ store, storeClock }) => {
  await store.enqueueForWorker(work('a', 1));
  await store.enqueueForWorker(work('a', 2));
  const { token } = await fetchWork(store);
  await store.abandonWorkItem(token, { delay: 30_000 });
  expect((await fetchWork(store)).item.activity).toBe(2);
  await expectNoWork(store, 'the first one waits');
  await storeClock.advance(31_000);
  expect((await fetchWork(store)).item.activity).toBe(1);
});

test('an abandoned work item is the first again', async ({ store }) => {
  await store.enqueueForWorker(work('a', 1));
  await store.enqueueForWorker(work('a', 2));
  const { token } = await fetchWork(store);
  await store.abandonWorkItem(token);
  expect((await fetchWork(store)).item.activity).toBe(1);
});

test('the work of one turn stays together, whatever is sent at the same time', async ({ clients, store, hold }) => {
  const [one, other] = await clients(2);
  const activities = [1, 2, 3];
  const turns: OrchestrationItem[] = [];
  for (const instance of ['held', 'beside']) {
    await store.enqueueForOrchestrator(start(instance));
    turns.push(await fetchTurn(store));
  }
  const [first, second] = [one!, other!].map((client, index) => () => {
    const { instance, token } = turns[index]!;
    return client.ackOrchestrationItem(
      token,
      firstTurn({ work: activities.map((activity) => work(instance, activity)) }),
    );
  });
  const { holds, release } = await hold('held', 'work');
  const held = first!();
  await holds(1);
  const beside = second!();
  await Promise.race([holds(2), beside]);
  await Promise.all([release(), held, beside]);

  for (let turn = 0; turn < turns.length; turn += 1) {
    const items: WorkItem[] = [];
    while (items.length < activities.length) items.push((await store.fetchWorkItem({ lockTimeout }))!.item);
    expect(items).toEqual(activities.map((activity) => work(items[0]!.instance, activity)));
  }
});

test('ten simultaneous fetches of ten work items get one each', async ({ clients, store }) => {
  for (let activity = 1; activity <= 10; activity += 1) await store.enqueueForWorker(work('a', activity));
  const workers = await clients(10);
  const items = await Promise.all(workers.map((client) => client.fetchWorkItem({ lockTimeout })));
  expect(items.map((locked) => locked?.item.activity ?? 0).toSorted((one, other) => one - other)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
  ]);
});

test('two simultaneous acks of one work item: exactly one succeeds', async ({ clients, store }) => {
  const pair = await clients(2);
  for (let round = 1; round <= 10; round += 1) {
    await begin(store, `round ${round}`, { work: [work(`round ${round}`, 1)] });
    const { token } = await fetchWork(store);
    const acks = pair.map((client) => client.ackWorkItem(token, completion(`round ${round}`, 1)));
    const outcomes = (await Promise.allSettled(acks)).map(({ status }) => status);
    expect(outcomes.toSorted(), 'of two acks').toEqual(['fulfilled', 'rejected']);
    const turn = await fetchTurn(store);
    expect(kinds(turn), 'one ack sent one completion').toEqual(['completion 1']);
    await store.ackOrchestrationItem(turn.token, { execution: 1 });
  }
});

test('work that wants no completion is acknowledged without one', async ({ store }) => {
  await begin(store, 'a', { work: [work('a', 1)] });
  await store.ackWorkItem((await fetchWork(store)).token);
  await expectNoWork(store, 'the item is done');
  await expectNoTurn(store, 'no completion was sent');
});

test('what is sent to one instance is not fetched with another', async ({ store }) => {
  await begin(store, 'a');
  await begin(store, 'b');
  await store.enqueueForOrchestrator(event('a', 'for a'));
  await store.enqueueForOrchestrator(event('b', 'for b'));
  await store.enqueueForOrchestrator(event('a', 'for a too'));
  expect(kinds(await fetchTurn(store))).toEqual(['event for a', 'event for a too']);
  expect(kinds(await fetchTurn(store))).toEqual(['event for b']);
});

test('names that look alike are different instances', async ({ store }) => {
  const names = ['a', 'A', 'a ', 'ä', 'a%', "a'; DROP TABLE messages; --", 'a_'];
  for (const name of names) await store.enqueueForOrchestrator(start(name));
  const fetched = [];
  for (const _ of names) fetched.push((await fetchTurn(store)).instance);
  expect(fetched.toSorted()).toEqual(names.toSorted());
});
