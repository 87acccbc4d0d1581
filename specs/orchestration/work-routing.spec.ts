import { expect, test } from '../../fixtures/index.ts';
import type { OrchestrationStore, WorkFetch } from '../../helpers/orchestration/index.ts';
import { expectNoWork, fetchWork, lockTimeout, work } from './turns.ts';

/** The activity of the work item that such a worker gets, if there is one. */
async function activityFor(store: OrchestrationStore, options: Partial<WorkFetch>): Promise<number | undefined> {
  return (await store.fetchWorkItem({ lockTimeout, ...options }))?.item.activity;
}

const owner = (name: string): Partial<WorkFetch> => ({ session: { owner: name, lockTimeout } });

test.describe('sessions', () => {
  test.beforeEach(async ({ store }) => {
    for (const activity of [1, 2]) await store.enqueueForWorker(work('a', activity, { session: 'gpu' }));
  });

  test('the worker that locks a session first gets all of its work', async ({ store }) => {
    expect(await activityFor(store, owner('ana'))).toBe(1);
    expect(await activityFor(store, owner('ben'))).toBeUndefined();
    expect(await activityFor(store, owner('ana'))).toBe(2);
  });

  test('a worker without sessions gets none of their work', async ({ store }) => {
    await expectNoWork(store, 'it all belongs to a session');
    await store.enqueueForWorker(work('a', 3));
    expect((await fetchWork(store)).item.activity).toBe(3);
  });

  test('a worker with sessions gets work without one, too', async ({ store }) => {
    await store.enqueueForWorker(work('a', 3));
    await activityFor(store, owner('ana'));
    expect(await activityFor(store, owner('ben'))).toBe(3);
  });

  test('a session whose lock expired goes to the next worker', async ({ store, storeClock }) => {
    await activityFor(store, owner('ana'));
    await storeClock.advance(lockTimeout + 1_000);
    expect(await activityFor(store, owner('ben'))).toBe(1);
    expect(await activityFor(store, owner('ana'))).toBeUndefined();
  });

  test('a renewed session stays with its worker', async ({ store, storeClock }) => {
    await activityFor(store, { session: { owner: 'ana', lockTimeout: 30_000 } });
    await storeClock.advance(20_000);
    expect(await store.renewSessionLocks('ana', 60_000)).toBe(1);
    await storeClock.advance(20_000);
    expect(await activityFor(store, owner('ben'))).toBeUndefined();
    expect(await activityFor(store, owner('ana'))).toBe(2);
  });

  test("a renewal does not make another worker's sessions last longer", async ({ store, storeClock }) => {
    await store.enqueueForWorker(work('a', 3, { session: 'disk' }));
    await activityFor(store, owner('ana'));
    await activityFor(store, owner('ben'));
    expect(await store.renewSessionLocks('ana', 2 * lockTimeout), "of ana's").toBe(1);
    await storeClock.advance(lockTimeout + 1_000);
    expect(await activityFor(store, owner('carl')), "what was ben's").toBe(3);
    expect(await activityFor(store, owner('carl')), "what is ana's").toBeUndefined();
  });

  test('an expired session cannot be renewed', async ({ store, storeClock }) => {
    await activityFor(store, owner('ana'));
    await storeClock.advance(lockTimeout + 1_000);
    expect(await store.renewSessionLocks('ana', lockTimeout)).toBe(0);
    expect(await store.renewSessionLocks('ben', lockTimeout)).toBe(0);
  });

  test('each fetch from a session makes it last longer', async ({ store, storeClock }) => {
    await activityFor(store, { session: { owner: 'ana', lockTimeout: 30_000 } });
    await storeClock.advance(20_000);
    await activityFor(store, { session: { owner: 'ana', lockTimeout: 30_000 } });
    await store.enqueueForWorker(work('a', 3, { session: 'gpu' }));
    await storeClock.advance(20_000);
    expect(await activityFor(store, owner('ben'))).toBeUndefined();
  });

  test('two sessions belong to a worker each', async ({ store }) => {
    await store.enqueueForWorker(work('a', 3, { session: 'disk' }));
    expect(await activityFor(store, owner('ana'))).toBe(1);
    expect(await activityFor(store, owner('ben'))).toBe(3);
  });

  test('of two workers that fetch at once, one gets the session', async ({ clients, store }) => {
    const [ana, ben] = await clients(2);
    for (let round = 0; round < 10; round += 1) {
      const session = `session ${round}`;
      for (const activity of [3, 4]) await store.enqueueForWorker(work('b', activity, { session, tag: session }));
      const tags = { named: [session], untagged: false };
      const got = await Promise.all([
        activityFor(ana!, { ...owner('ana'), tags }),
        activityFor(ben!, { ...owner('ben'), tags }),
      ]);
      expect(
        got.filter((activity) => activity !== undefined),
        'only one worker has work',
      ).toHaveLength(1);
    }
  });
});

test.describe('tags', () => {
  test.beforeEach(async ({ store }) => {
    await store.enqueueForWorker(work('a', 1, { tag: 'gpu' }));
    await store.enqueueForWorker(work('a', 2, { tag: 'disk' }));
    await store.enqueueForWorker(work('a', 3));
  });

  test('a worker that names no tags gets untagged work alone', async ({ store }) => {
    expect((await fetchWork(store)).item.activity).toBe(3);
    await expectNoWork(store, 'the rest is tagged');
  });

  test('a worker that names a tag gets its work alone', async ({ store }) => {
    const tags = { named: ['disk'], untagged: false };
    expect(await activityFor(store, { tags })).toBe(2);
    expect(await activityFor(store, { tags })).toBeUndefined();
  });

  test('a worker that names several tags gets the work of each, in order', async ({ store }) => {
    const tags = { named: ['disk', 'gpu'], untagged: false };
    expect(await activityFor(store, { tags })).toBe(1);
    expect(await activityFor(store, { tags })).toBe(2);
    expect(await activityFor(store, { tags })).toBeUndefined();
  });

  test('a worker that names a tag and untagged work gets both, in order', async ({ store }) => {
    const tags = { named: ['disk'], untagged: true };
    expect(await activityFor(store, { tags })).toBe(2);
    expect(await activityFor(store, { tags })).toBe(3);
    expect(await activityFor(store, { tags })).toBeUndefined();
  });

  test('a worker that serves nothing gets nothing', async ({ store }) => {
    expect(await activityFor(store, { tags: { named: [], untagged: false } })).toBeUndefined();
  });

  test('a tag keeps its work item when that is delivered again', async ({ store, storeClock }) => {
    const tags = { named: ['gpu'], untagged: false };
    await activityFor(store, { tags });
    await storeClock.advance(lockTimeout + 1_000);
    expect((await fetchWork(store)).item.activity).toBe(3);
    expect((await store.fetchWorkItem({ lockTimeout, tags }))?.item).toEqual(work('a', 1, { tag: 'gpu' }));
  });
});
