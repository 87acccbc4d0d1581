const starves = 'one malformed row starves no other instance (procedures decode every row that they read)';
const seconds = 'a renewal lasts as long as was asked for (renewals are in whole seconds, and half of one is none)';
const expired = 'an expired token cannot be abandoned (abandon does not look at the time)';
const unknown = 'a message before the start makes no instance (it is fetched as an instance named "Unknown")';
const appending = 'events can be appended (append_history leaves created_at empty, which the table refuses)';

/** What version 0.1.29 of the npm package has: the promise that is broken, by the title of the test that shows it. */
export const defects: Readonly<Record<string, string>> = {
  '2.4 two simultaneous acks of one token with empty history: exactly one succeeds':
    'of two acks of one token, one succeeds (the lock is read and not locked: both find it, and work is doubled)',
  'an ack and an abandon of one token at once: exactly one succeeds':
    'an ack and an abandon exclude each other (both find the lock, and both succeed)',
  'an ack that is held up until another client took over is refused':
    'a stale ack is refused after another client took over (the lock is read once, before the wait)',
  'the work of one turn stays together, whatever is sent at the same time':
    'work is delivered in an order in which the turns could have ended (each item gets its number by itself)',
  'a lock that was waited for lasts its whole time':
    'a lock lasts its whole time (the time is taken before the wait for an advisory lock)',
  'a renewal and an ack of one token at the same time do not deadlock':
    'operations never deadlock (renew locks the instance and then its messages, ack the other way round)',
  '3.4 a damaged history is reported, and starves no other instance': starves,
  'a damaged message is reported, and starves no other instance': starves,
  'a damaged work item is reported, and starves no other': starves,
  'an instance with a damaged history can be ended': starves,
  'a renewal of half a second lasts half a second': seconds,
  'a renewal of work by half a second lasts half a second': seconds,
  'an expired lock cannot be abandoned': expired,
  'an expired work item is refused even when no other client took over': expired,
  'a message before the start makes no instance, and waits for it': unknown,
  'a start that is delayed starts its instance when it is due': unknown,
  'a first turn that names no orchestration is refused':
    'an execution belongs to an instance (an ack without a name makes an execution alone)',
  'events are appended behind those that are there': appending,
  'events are read by their ids, whatever the order in which they came': appending,
  'deleting an unknown instance has no effect': 'a deletion can be repeated (an unknown instance is an error)',
  'random histories of four clients keep every promise': 'those above',
  'a thousand random histories keep every promise': 'those above',
};
