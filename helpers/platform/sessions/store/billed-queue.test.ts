import { expect, test } from '../../../testing/session-parts.ts';
import type { Queryable } from '../../kernel/store/database.ts';
import { billedQueue } from './billed-queue.ts';
import type { Queue, QueuedInstruction } from './queue.ts';

test('each request to the queue is counted, but for those that receive nothing', async ({ withSessionFault }) => {
  let received: Pick<QueuedInstruction, 'id'>[] = [];
  const nothing = () => Promise.resolve();
  const bare = { send: nothing, receive: () => Promise.resolve(received), extend: nothing, finish: nothing };
  const { queue } = await withSessionFault({ queue: billedQueue(bare as unknown as Queue) });
  const counted: string[] = [];
  const db = {
    query: (text: string) => Promise.resolve(counted.push(text)),
  } as unknown as Queryable;
  const requestsOf = async (ask: () => Promise<unknown>): Promise<number> => {
    counted.length = 0;
    await ask();
    expect(counted.every((text) => text === `INSERT INTO requests (service) VALUES ('sqs')`)).toBe(true);
    return counted.length;
  };
  expect(await requestsOf(() => queue.send(db, 'one', undefined!)), 'sent').toBe(1);
  expect(await requestsOf(() => queue.receive(db, 1_000, [])), 'nothing received').toBe(0);
  received = [{ id: 'one' }];
  expect(await requestsOf(() => queue.receive(db, 1_000, [])), 'received').toBe(1);
  expect(await requestsOf(() => queue.extend(db, ['one'], 1_000)), 'hidden for longer').toBe(1);
  expect(await requestsOf(() => queue.finish(db, 'one')), 'deleted').toBe(1);
});
