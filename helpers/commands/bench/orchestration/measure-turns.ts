import { hasSqlState } from '../../../lib/pg.ts';
import { type OrchestrationStore, StoreError } from '../../../orchestration/index.ts';
import type { Lane } from '../interleave.ts';

/** Instances, or jobs, that wait for their turn all the time. */
export const waiting = 100;

/** The largest number of clients. */
export const mostClients = 16;

/** Turns of one way to do them, with the time that each has taken, in milliseconds. */
export interface Contender {
  readonly key: string;
  readonly label: string;
  /** So many clients that do `turns` turns together, after `prepare`. */
  lanes(clients: number, turns: number): readonly Lane[];
  /** Of all turns so far, those of warm-ups too. */
  readonly times: (clients: number) => readonly number[];
  /** Turns that failed since two transactions waited for each other, and were repeated. */
  readonly deadlocks?: () => number;
  close(): Promise<void>;
}

/** One turn: the fetch and the ack of an instance, or job, that sends itself the next message. */
export type Turn = () => Promise<void>;

/** A contender whose clients each do one turn after another. */
export function contender(
  key: string,
  label: string,
  turnsOf: readonly Turn[],
  close: () => Promise<void>,
  deadlocks = () => 0,
): Contender {
  const times = new Map<number, number[]>();
  return {
    key,
    label,
    lanes(clients, turns) {
      const taken = times.get(clients) ?? [];
      times.set(clients, taken);
      return turnsOf.slice(0, clients).map((turn) => ({
        async run() {
          for (let left = turns / clients; left > 0; left--) {
            const start = performance.now();
            await turn();
            taken.push(performance.now() - start);
          }
        },
      }));
    },
    times: (clients) => times.get(clients)!,
    deadlocks,
    close,
  };
}

/** Starts so many instances, and does the first turn of each. */
export async function startInstances(client: OrchestrationStore, count: number): Promise<void> {
  const metadata = { name: 'Bench', version: '1' };
  for (let number = 0; number < count; number++)
    await client.enqueueForOrchestrator({ instance: `instance-${number}`, kind: 'start', ...metadata });
  const items = [];
  for (let number = 0; number < count; number++) items.push(await client.fetchOrchestrationItem({ lockTimeout }));
  for (const item of items) {
    const { instance, token } = item!;
    await client.ackOrchestrationItem(token, { execution: 1, metadata, messages: [{ message: nextOf(instance) }] });
  }
}

/** A turn of any store of the contract; `onDeadlock` hears of each. */
export function storeTurn(client: OrchestrationStore, onDeadlock: () => void): Turn {
  const retried = async <T>(operation: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await operation();
      } catch (error) {
        if (!isDeadlock(error)) throw error;
        onDeadlock();
      }
    }
  };
  return async () => {
    const item = await retried(() => client.fetchOrchestrationItem({ lockTimeout, pollTimeout: 1000 }));
    const { instance, token } = item!;
    await retried(() =>
      client.ackOrchestrationItem(token, { execution: 1, messages: [{ message: nextOf(instance) }] }),
    );
  };
}

/** One of two transactions that waited for each other was ended, and can be tried again. */
function isDeadlock(error: unknown): boolean {
  return error instanceof StoreError && hasSqlState(error.cause, '40P01');
}

const lockTimeout = 30_000;
const nextOf = (instance: string) => ({ instance, kind: 'event', name: 'next', data: { step: 1 } }) as const;
