import { expect } from '../../fixtures/index.ts';
import type {
  HistoryEvent,
  LockedWorkItem,
  Message,
  OrchestrationItem,
  OrchestrationStore,
  Turn,
  WorkItem,
} from '../../helpers/orchestration/index.ts';

/** How long locks last in these specs; none expires unless a spec moves the clock. */
export const lockTimeout = 60_000;

export const start = (instance: string, fields: Partial<Message> = {}): Message => ({
  instance,
  kind: 'start',
  name: 'order',
  version: '1.0.0',
  ...fields,
});

export const event = (instance: string, name = 'paid'): Message => ({ instance, kind: 'event', name, data: { name } });

export const completion = (instance: string, id: number, data: unknown = 'done'): Message => ({
  instance,
  kind: 'completion',
  execution: 1,
  id,
  data,
});

export const work = (instance: string, activity: number, fields: Partial<WorkItem> = {}): WorkItem => ({
  instance,
  execution: 1,
  activity,
  name: 'charge',
  input: { activity },
  ...fields,
});

/** So many history events, with ids from `first`. */
export const events = (count: number, first = 1): HistoryEvent[] =>
  Array.from({ length: count }, (_, index) => ({ id: first + index, kind: 'step', data: `event ${first + index}` }));

/** An instance's first turn, which creates it. */
export const firstTurn = (turn: Partial<Turn> = {}): Turn => ({
  execution: 1,
  ...turn,
  metadata: { name: 'order', version: '1.0.0', ...turn.metadata },
});

/** The next instance to take its turn, which there has to be. */
export async function fetchTurn(store: OrchestrationStore, timeout = lockTimeout): Promise<OrchestrationItem> {
  const item = await store.fetchOrchestrationItem({ lockTimeout: timeout });
  expect(item, 'an instance can be fetched').toBeDefined();
  return item!;
}

/** The next work item, which there has to be. */
export async function fetchWork(store: OrchestrationStore, timeout = lockTimeout): Promise<LockedWorkItem> {
  const item = await store.fetchWorkItem({ lockTimeout: timeout });
  expect(item, 'a work item can be fetched').toBeDefined();
  return item!;
}

export async function expectNoTurn(store: OrchestrationStore, why: string): Promise<void> {
  expect(await store.fetchOrchestrationItem({ lockTimeout }), why).toBeUndefined();
}

export async function expectNoWork(store: OrchestrationStore, why: string): Promise<void> {
  expect(await store.fetchWorkItem({ lockTimeout }), why).toBeUndefined();
}

/** Starts an instance and takes its first turn; nothing else may be waiting for one. */
export async function begin(store: OrchestrationStore, instance: string, turn: Partial<Turn> = {}): Promise<void> {
  await store.enqueueForOrchestrator(start(instance));
  const { token } = await fetchTurn(store);
  await store.ackOrchestrationItem(token, firstTurn(turn));
}

/** Takes an instance's next turn, for which an event is sent. */
export async function takeTurn(store: OrchestrationStore, instance: string, turn: Turn): Promise<void> {
  await store.enqueueForOrchestrator(event(instance));
  const { token } = await fetchTurn(store);
  await store.ackOrchestrationItem(token, turn);
}

/** How a permanent refusal of a lock token looks. */
export const refusedToken = {
  name: 'StoreError',
  retryable: false,
  message: expect.stringMatching(/token|lock/i),
};

/** Which messages an item has, in short. */
export const kinds = ({ messages }: OrchestrationItem): string[] =>
  messages.map(({ kind, name, id }) =>
    [kind, kind === 'event' ? name : id].filter((part) => part !== undefined).join(' '),
  );
