import type { Queryable } from '../../kernel/store/database.ts';
import type { Queue } from './queue.ts';

/** Counts the requests that SQS would bill for, but for empty receives (with long polling there are hardly any). */
export function billedQueue(queue: Queue): Queue {
  /** Runs in the background, and its failure affects nothing. */
  const countRequest = (db: Queryable): void => {
    db.query(`INSERT INTO requests (service) VALUES ('sqs')`).catch((error: unknown) =>
      process.stderr.write(`A request was not counted: ${String(error)}\n`),
    );
  };
  return {
    ...queue,
    async send(db, id, body) {
      await queue.send(db, id, body);
      countRequest(db);
    },
    async receive(db, visibility, atWork) {
      const received = await queue.receive(db, visibility, atWork);
      if (received.length > 0) countRequest(db);
      return received;
    },
    async extend(db, ids, visibility) {
      await queue.extend(db, ids, visibility);
      countRequest(db);
    },
    async finish(db, id) {
      await queue.finish(db, id);
      countRequest(db);
    },
  };
}
