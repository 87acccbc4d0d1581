import type { Message, OrchestrationStore, Turn } from '../store.ts';

/**
 * A workflow whose history shows whether anything was lost or doubled: each turn writes down every message that it
 * gets, and asks for the next of a number of activities when the one before has completed.
 */
export const activities = 5;

/** So short that locks of killed clients end soon; a slow client that loses its lock is refused, and goes on. */
const lockTimeout = 1_000;

/** What the history of a finished workflow contains, if each message came once. */
export const expectedHistory = [
  'start',
  ...Array.from({ length: activities }, (_, index) => `completion ${index + 1}`),
];

/** Takes turns and does work until the process is killed. */
export async function relay(store: OrchestrationStore): Promise<never> {
  for (;;) {
    const turn = await store.fetchOrchestrationItem({ lockTimeout });
    if (turn !== undefined)
      await unlessLost(async () => {
        await store.renewOrchestrationItemLock(turn.token, lockTimeout);
        await store.ackOrchestrationItem(turn.token, next(turn.instance, turn.history.length, turn.messages));
      });
    const work = await store.fetchWorkItem({ lockTimeout, pollTimeout: turn === undefined ? 20 : 0 });
    if (work === undefined) continue;
    const { instance, activity } = work.item;
    await unlessLost(async () => {
      await store.renewWorkItemLock(work.token, lockTimeout);
      await store.ackWorkItem(work.token, { instance, kind: 'completion', execution: 1, id: activity });
    });
  }
}

function next(instance: string, known: number, messages: readonly Message[]): Turn {
  const history = messages.map(({ kind, id }, index) => ({
    id: known + index + 1,
    kind: id === undefined ? kind : `${kind} ${id}`,
  }));
  const reached = known + history.length;
  const isDone = reached > activities;
  return {
    execution: 1,
    history,
    work: isDone ? [] : [{ instance, execution: 1, activity: reached, name: 'step' }],
    metadata: { name: 'relay', version: '1', status: isDone ? 'completed' : 'running' },
  };
}

/** A permanent refusal means that the lock has ended, and that another client goes on. */
async function unlessLost(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if ((error as { retryable?: boolean }).retryable === undefined) throw error;
  }
}
