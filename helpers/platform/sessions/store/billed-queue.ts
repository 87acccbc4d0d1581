import type { Queryable } from '../../kernel/store/database.ts';
import type { Queue } from './queue.ts';

/**
 * A queue that notes each request that a provider would bill for (as SQS does: send, receive, change of visibility and
 * delete, several messages at once for one). A look that finds nothing is none: with long polling, hardly any is made.
 */
export function billedQueue(queue: Queue): Queue {
  /** Nobody waits for it, and no work fails of it. */
  const note = (db: Queryable): void => {
    db.query(`INSERT INTO requests (service) VALUES ('sqs')`).catch((error: unknown) =>
      process.stderr.write(`A request was not counted: ${String(error)}\n`),
    );
  };
  return {
    ...queue,
    async send(db, id, body) {
      await queue.send(db, id, body);
      note(db);
    },
    async receive(db, visibility, atWork) {
      const received = await queue.receive(db, visibility, atWork);
      if (received.length > 0) note(db);
      return received;
    },
    async extend(db, ids, visibility) {
      await queue.extend(db, ids, visibility);
      note(db);
    },
    async finish(db, id) {
      await queue.finish(db, id);
      note(db);
    },
  };
}
