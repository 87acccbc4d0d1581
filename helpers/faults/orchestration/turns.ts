import { clientFault, sqlFault } from './rewrite.ts';

export const lockedInstanceIsFetched = sqlFault(
  'a locked instance is not fetched again',
  'available_at = moment + milliseconds(lock_ms) WHERE q.instance',
  'available_at = q.available_at WHERE q.instance',
  'instance-locking.spec.ts › 1.1 a locked instance',
);

export const instanceLockNeverEnds = sqlFault(
  'the lock of a lost client ends by itself',
  'available_at = moment + milliseconds(lock_ms) WHERE q.instance',
  "available_at = 'infinity' WHERE q.instance",
  'instance-locking.spec.ts › 1.1 a locked instance',
);

export const ackDeletesWhatArrivedLater = sqlFault(
  'a message that arrives during a turn is not lost',
  'DELETE FROM messages WHERE instance = target AND token = lock_token;',
  'DELETE FROM messages WHERE instance = target;',
  'instance-locking.spec.ts › 1.7 an ack deletes the messages',
);

export const ackLeavesMessages = sqlFault(
  'an acknowledged message is not delivered again',
  'DELETE FROM messages WHERE instance = target AND token = lock_token;',
  '',
  'instance-locking.spec.ts › an instance that nothing was sent to is not fetched',
);

export const messagesComeNewestFirst = sqlFault(
  'an instance gets its messages in the order in which they were sent',
  'json_build_array(m.fields, m.body) ORDER BY m.id)',
  'json_build_array(m.fields, m.body) ORDER BY m.id DESC)',
  'instance-locking.spec.ts › messages of an instance are fetched in the order',
);

export const newestInstanceIsFetchedFirst = sqlFault(
  'the instance that became available first is fetched first',
  'ORDER BY q.available_at LIMIT 1',
  'ORDER BY q.available_at DESC LIMIT 1',
  'instance-locking.spec.ts › the instance that became available first',
);

export const expiredAckIsAccepted = sqlFault(
  'an ack after expiry is refused',
  'IF ends IS NULL OR ends <= store_now() THEN',
  'IF ends IS NULL THEN',
  'errors.spec.ts › 3.5 an ack after expiry',
);

/** As duroxide's procedures do: the lock is looked for, and not looked at again once it is ours. */
export const twoAcksSucceed = sqlFault(
  'of two simultaneous acks of one token, one succeeds',
  'SELECT locked_until INTO ends FROM instances_queue WHERE instance = own AND token = lock_token FOR UPDATE;',
  `SELECT coalesce(locked_until, 'infinity') INTO ends FROM instances_queue
    WHERE instance = own AND (token IS NULL OR token = lock_token) FOR UPDATE;`,
  'atomicity.spec.ts › 2.4 two simultaneous acks of one token with empty history',
);

/** The latest token of each instance, which stands for all earlier ones. */
const latest = new Map<string, string>();

export const tokensRepeat = clientFault(
  'a stale ack is refused after another client took over',
  (store) => ({
    async fetchOrchestrationItem(options) {
      const item = await store.fetchOrchestrationItem(options);
      if (item === undefined) return undefined;
      latest.set(item.instance, item.token);
      return { ...item, token: item.instance };
    },
    ackOrchestrationItem: (token, turn) => store.ackOrchestrationItem(latest.get(token) ?? token, turn),
    abandonOrchestrationItem: (token, options) => store.abandonOrchestrationItem(latest.get(token) ?? token, options),
    renewOrchestrationItemLock: (token, timeout) =>
      store.renewOrchestrationItemLock(latest.get(token) ?? token, timeout),
  }),
  'lock-expiry.spec.ts › 4.1 an expired instance is fetched again',
);

export const renewalRevives = sqlFault(
  'an expired lock cannot be renewed',
  "target text := instance_locked_by(lock_token, '{}');\n  ends",
  'target text := (SELECT instance FROM instances_queue WHERE token = lock_token);\n  ends',
  'lock-expiry.spec.ts › 4.2 a renewal cannot revive',
);

export const renewalDoesNothing = clientFault(
  'a renewed lock lasts longer',
  () => ({ renewOrchestrationItemLock: async () => {} }),
  'lock-expiry.spec.ts › 4.2 a renewed lock lasts longer',
);

export const renewalIsInWholeSeconds = clientFault(
  'a renewal lasts as long as was asked for',
  (store) => ({
    renewOrchestrationItemLock: (token, timeout) =>
      store.renewOrchestrationItemLock(token, Math.floor(timeout / 1000) * 1000),
  }),
  'lock-expiry.spec.ts › a renewal of half a second',
);

export const expiredLockIsAbandoned = sqlFault(
  'an expired lock cannot be abandoned',
  "target text := instance_locked_by(lock_token, '{}');\nBEGIN\n  UPDATE messages",
  'target text := (SELECT instance FROM instances_queue WHERE token = lock_token);\nBEGIN\n  UPDATE messages',
  'lock-expiry.spec.ts › an expired lock cannot be abandoned',
);

export const abandonDoesNothing = clientFault(
  'an abandoned instance can be fetched at once',
  () => ({ abandonOrchestrationItem: async () => {} }),
  'lock-expiry.spec.ts › 4.4 an abandoned instance',
);

export const abandonForgetsTheDelay = clientFault(
  'an instance that is abandoned with a delay waits',
  (store) => ({
    abandonOrchestrationItem: (token, options) => store.abandonOrchestrationItem(token, { ...options, delay: 0 }),
  }),
  'lock-expiry.spec.ts › an instance that is abandoned with a delay',
);

export const ignoredAttemptsCount = clientFault(
  'an attempt that is to be ignored does not count',
  (store) => ({
    abandonOrchestrationItem: (token, options) =>
      store.abandonOrchestrationItem(token, { ...options, ignoreAttempt: false }),
  }),
  'attempts.spec.ts › an attempt that is abandoned to be ignored',
);

export const attemptsAreNotCounted = sqlFault(
  'attempts at an instance are counted',
  'attempts = m.attempts + 1',
  'attempts = 1',
  'attempts.spec.ts › attempts at an instance are counted',
);

export const ackIsSeveralTransactions = clientFault(
  'a refused turn leaves nothing',
  (store) => ({
    async ackOrchestrationItem(token, { work = [], ...turn }) {
      for (const item of work) await store.enqueueForWorker(item);
      await store.ackOrchestrationItem(token, turn);
    },
  }),
  'atomicity.spec.ts › 2.1 an ack with an event id that is taken',
);

export const historyIsOverwritten = sqlFault(
  'a history is append-only',
  'ON CONFLICT (instance, execution, event) DO NOTHING',
  'ON CONFLICT (instance, execution, event) DO UPDATE SET kind = excluded.kind',
  'errors.spec.ts › 3.2 an event id that is taken',
);

export const ackLosesTheLastEvent = clientFault(
  'every event of a turn is stored',
  (store) => ({
    ackOrchestrationItem: (token, { history = [], ...turn }) =>
      store.ackOrchestrationItem(token, { ...turn, history: history.slice(0, -1) }),
  }),
  'atomicity.spec.ts › 2.2 an ack stores five events',
);

export const ackForgetsDelays = clientFault(
  'a timer that a turn sets is invisible until it is due',
  (store) => ({
    ackOrchestrationItem: (token, { messages = [], ...turn }) =>
      store.ackOrchestrationItem(token, { ...turn, messages: messages.map(({ message }) => ({ message })) }),
  }),
  'atomicity.spec.ts › 2.2 an ack stores five events',
);

export const instancesAreLockedInAnyOrder = sqlFault(
  'two turns that send each other messages never wait for each other',
  'PERFORM FROM instances_queue WHERE instance = own OR instance = ANY (others) ORDER BY instance FOR UPDATE;',
  `PERFORM FROM instances_queue WHERE instance = own FOR UPDATE;
  PERFORM pg_sleep(0.05) WHERE others <> '{}';
  PERFORM FROM instances_queue WHERE instance = ANY (others) FOR UPDATE;`,
  'atomicity.spec.ts › two instances that send each other messages',
);

export const readIsOfTheFirstExecution = clientFault(
  'the history that is read is that of the latest execution',
  (store) => ({ read: (instance) => store.readWithExecution(instance, 1) }),
  'executions.spec.ts › 6.2 the history that is read',
);

export const executionsShareAHistory = sqlFault(
  'executions keep separate histories',
  'AND execution = coalesce(target_execution, (SELECT i.execution FROM instances i WHERE i.instance = target))',
  '',
  'executions.spec.ts › 6.1 executions keep separate histories',
);

export const executionGoesBack = sqlFault(
  'executions are monotonic',
  'execution = greatest(execution, turn_execution)',
  'execution = turn_execution',
  'executions.spec.ts › an ack of an older execution',
);

export const outputIsForgotten = clientFault(
  'the status and the output of an execution are kept',
  (store) => ({
    ackOrchestrationItem: (token, { metadata, ...turn }) =>
      store.ackOrchestrationItem(token, { ...turn, metadata: { ...metadata, output: '' } }),
  }),
  'executions.spec.ts › 6.4 the status and the output',
);

/** As duroxide's procedures do, which decode in SQL. */
export const damagedHistoryStarvesAll = sqlFault(
  'a damaged history starves no other instance',
  'json_build_array(h.event, h.kind, h.body)',
  'json_build_array(h.event, h.kind, h.body::json::text)',
  'errors.spec.ts › 3.4 a damaged history',
);

export const damagedMessageStarvesAll = sqlFault(
  'a damaged message starves no other instance',
  'json_build_array(m.fields, m.body)',
  'json_build_array(m.fields, m.body::json::text)',
  'errors.spec.ts › a damaged message is reported',
);

export const damageIsHidden = clientFault(
  'what cannot be decoded is reported',
  (store) => ({
    async fetchOrchestrationItem(options) {
      const item = await store.fetchOrchestrationItem(options);
      return item && ({ ...item, damage: undefined } as unknown as typeof item);
    },
  }),
  'errors.spec.ts › 3.4 a damaged history',
);

export const messageMakesAnInstance = sqlFault(
  'a message before the start makes no instance',
  "IF message ->> 'kind' = 'start' OR EXISTS (SELECT FROM instances WHERE instance = target) THEN",
  'IF true THEN',
  'creation.spec.ts › a message before the start makes no instance',
);

export const enginesAreIgnored = clientFault(
  'an engine gets only instances that it can replay',
  (store) => ({
    fetchOrchestrationItem: ({ lockTimeout, pollTimeout = 0 }) =>
      store.fetchOrchestrationItem({ lockTimeout, pollTimeout }),
  }),
  'engines.spec.ts › an engine gets the instances that it can replay',
);

export const waitingIsForgotten = clientFault(
  'a fetch waits for what comes',
  (store) => ({
    fetchOrchestrationItem: (options) => store.fetchOrchestrationItem({ ...options, pollTimeout: 0 }),
  }),
  'polling.spec.ts › a waiting fetch gets an instance that is started meanwhile',
);

export const delayIsForgotten = clientFault(
  'a delayed message is invisible until it is due',
  (store) => ({ enqueueForOrchestrator: (message) => store.enqueueForOrchestrator(message) }),
  'queues.spec.ts › 5.4 a delayed message',
);

export const laterTurnsForgetTheVersion = clientFault(
  'an instance keeps the version that a turn has given it',
  (store) => ({
    ackOrchestrationItem: (token, turn) =>
      store.ackOrchestrationItem(token, { ...turn, metadata: { version: '', ...turn.metadata } }),
  }),
  'creation.spec.ts › a later turn can give an instance another name and version',
);
