import type {
  HistoryEvent,
  LockedWorkItem,
  Message,
  OrchestrationItem,
  OrchestrationStore,
  Turn,
  WorkItem,
} from '../store.ts';

/** One call of one operation, as it was made. Messages carry their number as data, work items as their activity. */
export type Call =
  | { readonly operation: 'enqueueForOrchestrator'; readonly message: Message; readonly delay: number }
  | { readonly operation: 'enqueueForWorker'; readonly item: WorkItem }
  | { readonly operation: 'fetchOrchestrationItem'; readonly lockTimeout: number }
  | { readonly operation: 'ackOrchestrationItem'; readonly token: string; readonly turn: Turn }
  | {
      readonly operation: 'abandonOrchestrationItem' | 'abandonWorkItem';
      readonly token: string;
      readonly delay: number;
      readonly ignoreAttempt: boolean;
    }
  | {
      readonly operation: 'renewOrchestrationItemLock' | 'renewWorkItemLock';
      readonly token: string;
      readonly lockTimeout: number;
    }
  | { readonly operation: 'fetchWorkItem'; readonly lockTimeout: number }
  | { readonly operation: 'ackWorkItem'; readonly token: string; readonly completion: Message | undefined }
  | { readonly operation: 'read'; readonly instance: string };

/** What came of a call. */
export type Outcome =
  | { readonly refused: string; readonly retryable: boolean }
  | { readonly refused?: undefined; readonly value: OrchestrationItem | LockedWorkItem | HistoryEvent[] | undefined };

/** Makes the call; a refusal is an outcome, too. */
export async function make(call: Call, store: OrchestrationStore): Promise<Outcome> {
  try {
    return { value: (await send(call, store)) ?? undefined };
  } catch (error) {
    const { name, message, retryable } = error as Error & { retryable?: boolean };
    if (name !== 'StoreError') throw error;
    return { refused: message, retryable: retryable === true };
  }
}

function send(
  call: Call,
  store: OrchestrationStore,
): Promise<OrchestrationItem | LockedWorkItem | HistoryEvent[] | undefined | void> {
  switch (call.operation) {
    case 'enqueueForOrchestrator':
      return store.enqueueForOrchestrator(call.message, call.delay);
    case 'enqueueForWorker':
      return store.enqueueForWorker(call.item);
    case 'fetchOrchestrationItem':
    case 'fetchWorkItem':
      return store[call.operation]({ lockTimeout: call.lockTimeout });
    case 'ackOrchestrationItem':
      return store.ackOrchestrationItem(call.token, call.turn);
    case 'abandonOrchestrationItem':
    case 'abandonWorkItem':
      return store[call.operation](call.token, { delay: call.delay, ignoreAttempt: call.ignoreAttempt });
    case 'renewOrchestrationItemLock':
    case 'renewWorkItemLock':
      return store[call.operation](call.token, call.lockTimeout);
    case 'ackWorkItem':
      return store.ackWorkItem(call.token, call.completion);
    case 'read':
      return store.read(call.instance);
  }
}
