import type { HistoryEvent, LockedWorkItem, Message, OrchestrationItem, Turn, WorkItem } from '../store.ts';
import type { Call, Outcome } from './calls.ts';

interface Queued<T> {
  readonly what: T;
  visibleAt: number;
  attempts: number;
  token: string | undefined;
  lockedUntil: number;
}

interface ModelInstance {
  execution: number;
  readonly histories: Map<number, HistoryEvent[]>;
}

/** What a correct store contains. Its time is moved by {@link Model.advance} alone. */
export interface ModelState {
  now: number;
  readonly instances: Map<string, ModelInstance>;
  readonly locks: Map<string, { readonly token: string; until: number }>;
  messages: Queued<Message>[];
  work: Queued<WorkItem>[];
}

export const emptyState = (): ModelState => ({
  now: 0,
  instances: new Map(),
  locks: new Map(),
  messages: [],
  work: [],
});

/**
 * Applies a call with its outcome to what the store contains. Returns the promise that the outcome breaks, and
 * undefined when it keeps them all. A call beside others may find nothing because it ran into one of them.
 */
export function apply(state: ModelState, call: Call, outcome: Outcome, beside: boolean): string | undefined {
  if (outcome.refused !== undefined && outcome.retryable)
    return beside ? undefined : `${call.operation} by itself is not refused as busy: ${outcome.refused}`;
  switch (call.operation) {
    case 'enqueueForOrchestrator':
      if (outcome.refused !== undefined) return `a message is accepted: ${outcome.refused}`;
      state.messages.push(queued(call.message, state.now + call.delay));
      return undefined;
    case 'enqueueForWorker':
      if (outcome.refused !== undefined) return `work is accepted: ${outcome.refused}`;
      state.work.push(queued(call.item, state.now));
      return undefined;
    case 'fetchOrchestrationItem':
      if (outcome.refused !== undefined) return `a fetch is not refused: ${outcome.refused}`;
      return fetchTurn(state, outcome.value as OrchestrationItem | undefined, call.lockTimeout, beside);
    case 'fetchWorkItem':
      if (outcome.refused !== undefined) return `a fetch is not refused: ${outcome.refused}`;
      return fetchWork(state, outcome.value as LockedWorkItem | undefined, call.lockTimeout, beside);
    case 'ackOrchestrationItem':
      return ackTurn(state, call.token, call.turn, outcome);
    case 'abandonOrchestrationItem':
    case 'renewOrchestrationItemLock': {
      const held = [...state.locks].find(([, lock]) => lock.token === call.token && lock.until > state.now);
      const broken = refusalOf(held !== undefined, outcome);
      if (broken !== undefined || held === undefined) return broken;
      if ('lockTimeout' in call) {
        held[1].until = state.now + call.lockTimeout;
        return undefined;
      }
      state.locks.delete(held[0]);
      for (const message of state.messages) if (message.token === call.token) release(state, message, call);
      return undefined;
    }
    case 'ackWorkItem':
    case 'abandonWorkItem':
    case 'renewWorkItemLock': {
      const held = state.work.find((item) => item.token === call.token && item.lockedUntil > state.now);
      const broken = refusalOf(held !== undefined, outcome);
      if (broken !== undefined || held === undefined) return broken;
      if ('lockTimeout' in call) held.lockedUntil = state.now + call.lockTimeout;
      else if ('delay' in call) release(state, held, call);
      else {
        state.work = state.work.filter((item) => item !== held);
        if (call.completion !== undefined) state.messages.push(queued(call.completion, state.now));
      }
      return undefined;
    }
    case 'read': {
      const known = state.instances.get(call.instance);
      const expected = known?.histories.get(known.execution) ?? [];
      return same(outcome.refused ?? outcome.value, expected)
        ? undefined
        : `a history is append-only: expected ${JSON.stringify(expected)}`;
    }
  }
}

const queued = <T>(what: T, visibleAt: number): Queued<T> => ({
  what,
  visibleAt,
  attempts: 0,
  token: undefined,
  lockedUntil: 0,
});

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

function refusalOf(isLive: boolean, { refused }: Outcome): string | undefined {
  if (isLive && refused !== undefined) return `a live token is accepted: ${refused}`;
  if (!isLive && refused === undefined) return 'a dead token is refused';
  return undefined;
}

function release<T>(
  state: ModelState,
  row: Queued<T>,
  { delay, ignoreAttempt }: { delay: number; ignoreAttempt: boolean },
): void {
  row.token = undefined;
  row.lockedUntil = 0;
  row.attempts = ignoreAttempt ? Math.max(0, row.attempts - 1) : row.attempts;
  row.visibleAt = delay > 0 ? state.now + delay : row.visibleAt;
}

/** The messages that a turn of the instance would get now; none while it is locked or before its start is visible. */
function batchOf(state: ModelState, instance: string): Queued<Message>[] {
  if ((state.locks.get(instance)?.until ?? 0) > state.now) return [];
  const visible = state.messages.filter(({ what, visibleAt }) => what.instance === instance && visibleAt <= state.now);
  const canRun = state.instances.has(instance) || visible.some(({ what }) => what.kind === 'start');
  return canRun ? visible : [];
}

function fetchTurn(
  state: ModelState,
  item: OrchestrationItem | undefined,
  lockTimeout: number,
  beside: boolean,
): string | undefined {
  if (item === undefined) {
    const waiting = state.messages.find(({ what }) => batchOf(state, what.instance).length > 0);
    return waiting === undefined || beside ? undefined : `no message is lost: ${waiting.what.instance} can take a turn`;
  }
  const { instance } = item;
  const lock = state.locks.get(instance);
  if (lock !== undefined && lock.until > state.now) return `a live lock excludes all others: ${instance} is locked`;
  const batch = batchOf(state, instance);
  if (batch.length === 0) return `nothing is delivered twice, or before it is due: ${instance} has no turn`;
  const expected = batch.map(({ what }) => what.data);
  const found = item.messages.map(({ data }) => data);
  if (!same(found, expected)) return `a turn gets the visible messages in order: expected ${JSON.stringify(expected)}`;
  const { execution, histories } = state.instances.get(instance) ?? { execution: 1, histories: new Map() };
  if (item.execution !== execution) return `executions are monotonic: expected execution ${execution}`;
  const history = histories.get(execution) ?? [];
  if (!same(item.history, history)) return `a history is append-only: expected ${JSON.stringify(history)}`;
  for (const message of batch) {
    message.attempts += 1;
    message.token = item.token;
  }
  const attempt = Math.max(...batch.map(({ attempts }) => attempts));
  if (item.attempt !== attempt) return `attempts are counted: expected ${attempt}`;
  state.locks.set(instance, { token: item.token, until: state.now + lockTimeout });
  return undefined;
}

function ackTurn(state: ModelState, token: string, turn: Turn, outcome: Outcome): string | undefined {
  const held = [...state.locks].find(([, lock]) => lock.token === token && lock.until > state.now);
  const [instance = ''] = held ?? [];
  const { execution, history = [], work = [], messages = [], cancelled = [] } = turn;
  const known = state.instances.get(instance);
  const taken = new Set(known?.histories.get(execution)?.map(({ id }) => id));
  if (held !== undefined && history.some(({ id }) => taken.has(id)))
    return outcome.refused === undefined ? 'an event id that is taken is refused' : undefined;
  const broken = refusalOf(held !== undefined, outcome);
  if (broken !== undefined || held === undefined) return broken;
  const changed = known ?? { execution, histories: new Map<number, HistoryEvent[]>() };
  state.instances.set(instance, changed);
  changed.execution = Math.max(changed.execution, execution);
  changed.histories.set(execution, [...(changed.histories.get(execution) ?? []), ...history]);
  state.messages = state.messages.filter((message) => message.token !== token);
  state.work = state.work.filter(
    ({ what }) =>
      what.instance !== instance ||
      !cancelled.some((one) => one.execution === what.execution && one.activity === what.activity),
  );
  for (const item of work) state.work.push(queued(item, state.now));
  for (const { message, delay = 0 } of messages) state.messages.push(queued(message, state.now + delay));
  state.locks.delete(instance);
  return undefined;
}

function fetchWork(
  state: ModelState,
  locked: LockedWorkItem | undefined,
  lockTimeout: number,
  beside: boolean,
): string | undefined {
  const available = state.work.filter(
    ({ visibleAt, lockedUntil }) => visibleAt <= state.now && lockedUntil <= state.now,
  );
  if (locked === undefined)
    return available.length === 0 || beside
      ? undefined
      : `no work is lost: activity ${available[0]!.what.activity} waits`;
  const row = state.work.find(({ what }) => what.activity === locked.item.activity);
  if (row === undefined) return `work is done once: activity ${locked.item.activity} is done or cancelled`;
  if (row.lockedUntil > state.now) return `a live lock excludes all others: activity ${row.what.activity} is locked`;
  if (row !== available[0]) return `work is delivered in order: expected activity ${available[0]?.what.activity}`;
  Object.assign(row, { token: locked.token, lockedUntil: state.now + lockTimeout, attempts: row.attempts + 1 });
  return locked.attempt === row.attempts ? undefined : `attempts are counted: expected ${row.attempts}`;
}
