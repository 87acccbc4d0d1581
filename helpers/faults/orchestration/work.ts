import { clientFault, sqlFault } from './rewrite.ts';

export const lockedWorkIsFetched = sqlFault(
  'a locked work item is not fetched again',
  'visible_at = moment + milliseconds(lock_ms), attempts',
  'visible_at = w.visible_at, attempts',
  'queues.spec.ts › 5.2 a locked work item',
);

export const workLockNeverEnds = sqlFault(
  'a work item whose worker was lost is delivered again',
  'visible_at = moment + milliseconds(lock_ms), attempts',
  "visible_at = 'infinity', attempts",
  'queues.spec.ts › 5.6 a work item whose token was lost',
);

export const workComesNewestFirst = sqlFault(
  'work items are fetched in the order in which they came',
  'ORDER BY w.batch, w.place LIMIT 1',
  'ORDER BY w.batch DESC, w.place LIMIT 1',
  'queues.spec.ts › 5.1 five work items',
);

export const workOfTurnsIsMixed = sqlFault(
  'the work of one turn stays together',
  'SELECT next.batch, i.*',
  "SELECT nextval('work_batches'), i.*",
  'queues.spec.ts › the work of one turn stays together',
);

export const expiredWorkIsAcknowledged = sqlFault(
  'an expired work item is refused',
  'DELETE FROM work WHERE token = lock_token AND visible_at > store_now();',
  'DELETE FROM work WHERE token = lock_token;',
  'lock-expiry.spec.ts › an expired work item is refused even when no other client took over',
);

export const completionIsForgotten = clientFault(
  'an ack of work sends its completion',
  (store) => ({ ackWorkItem: (token) => store.ackWorkItem(token) }),
  'queues.spec.ts › 5.3 an ack deletes the work item',
);

export const completionIsSentTwice = sqlFault(
  'an ack of work sends one completion',
  'IF completion IS NOT NULL THEN PERFORM',
  'IF completion IS NOT NULL THEN PERFORM enqueue_message(completion, 0); PERFORM',
  'queues.spec.ts › 5.3 an ack deletes the work item',
);

export const completionIsSentFirst = clientFault(
  'an ack of work that is refused sends no completion',
  (store) => ({
    async ackWorkItem(token, completion) {
      if (completion !== undefined) await store.enqueueForOrchestrator(completion);
      await store.ackWorkItem(token);
    },
  }),
  'errors.spec.ts › an ack of work with an unknown token sends no completion',
);

export const acknowledgedWorkStays = clientFault(
  'acknowledged work is not done again',
  (store) => ({
    async ackWorkItem(token, completion) {
      await store.abandonWorkItem(token);
      if (completion !== undefined) await store.enqueueForOrchestrator(completion);
    },
  }),
  'queues.spec.ts › 5.3 an ack deletes the work item',
);

export const workRenewalDoesNothing = clientFault(
  'a renewed work item lasts longer',
  () => ({ renewWorkItemLock: async () => {} }),
  'lock-expiry.spec.ts › a renewed work item lasts longer',
);

export const abandonedWorkForgetsTheDelay = clientFault(
  'a work item that is abandoned with a delay waits',
  (store) => ({ abandonWorkItem: (token, options) => store.abandonWorkItem(token, { ...options, delay: 0 }) }),
  'queues.spec.ts › a work item that is abandoned with a delay',
);

export const cancelledWorkStays = clientFault(
  'cancelled work is never fetched',
  (store) => ({
    ackOrchestrationItem: (token, turn) => store.ackOrchestrationItem(token, { ...turn, cancelled: [] }),
  }),
  'cancellation.spec.ts › cancelled work that waits is never fetched',
);

export const cancellingTakesOtherExecutions = sqlFault(
  'cancelling leaves the same activity of other executions',
  'AND execution = (c ->> 0)::integer AND activity',
  'AND activity',
  'cancellation.spec.ts › cancelling leaves the same activity',
);

export const sessionsAreShared = clientFault(
  'one worker gets all the work of a session',
  (store) => ({
    fetchWorkItem: ({ session, ...options }) =>
      store.fetchWorkItem({ ...options, ...(session && { session: { ...session, owner: 'everyone' } }) }),
  }),
  'work-routing.spec.ts › sessions › the worker that locks a session first',
);

export const sessionsAreTakenOver = sqlFault(
  'of two workers that fetch at once, one gets the session',
  `INSERT INTO work_sessions AS s (session, owner, locked_until)
      VALUES (chosen.session, new_owner, moment + milliseconds(session_ms))
      ON CONFLICT (session) DO UPDATE SET owner = excluded.owner, locked_until = excluded.locked_until
      WHERE s.owner = excluded.owner OR s.locked_until <= moment;`,
  `PERFORM pg_sleep(0.05);
    INSERT INTO work_sessions AS s (session, owner, locked_until)
      VALUES (chosen.session, new_owner, moment + milliseconds(session_ms))
      ON CONFLICT (session) DO UPDATE SET owner = excluded.owner, locked_until = excluded.locked_until;`,
  'work-routing.spec.ts › sessions › of two workers that fetch at once',
);

export const tagsAreIgnored = sqlFault(
  'a worker gets work of the tags that it serves',
  '(CASE WHEN w.tag IS NULL THEN with_untagged ELSE w.tag = ANY (tags) END)',
  'true',
  'work-routing.spec.ts › tags › a worker that names no tags',
);
