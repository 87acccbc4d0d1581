import { EnvironmentUnavailable, messageOf } from '../lib/environment.ts';
import type { OpenStore, StoreContext, StoreModule } from './store-module.ts';
import type { OrchestrationStore } from './store.ts';

/** Every operation of the contract: a store that lacks one is refused before any test. */
const operations = Object.keys({
  fetchOrchestrationItem: 0,
  ackOrchestrationItem: 0,
  abandonOrchestrationItem: 0,
  renewOrchestrationItemLock: 0,
  fetchWorkItem: 0,
  ackWorkItem: 0,
  abandonWorkItem: 0,
  renewWorkItemLock: 0,
  renewSessionLocks: 0,
  enqueueForOrchestrator: 0,
  enqueueForWorker: 0,
  read: 0,
  readWithExecution: 0,
  appendWithExecution: 0,
  describe: 0,
  deleteInstance: 0,
  pruneExecutions: 0,
  close: 0,
} satisfies Record<keyof OrchestrationStore, 0>) as (keyof OrchestrationStore)[];

const handles = ['connect', 'advance', 'damage', 'close'] as const satisfies readonly (keyof OpenStore)[];

/** Longest time, in milliseconds, that a store may take to open, and a client to connect. */
export const patience = 15_000;

/**
 * Opens an empty store, and checks what it can do with one client.
 * @throws EnvironmentUnavailable in one sentence: it cannot be opened, takes too long, or lacks an operation.
 */
export async function openStore(module: StoreModule, context: StoreContext): Promise<OpenStore> {
  const store = await inTime(module.name, 'open', () => module.open(context));
  const lacking = handles.find((name) => typeof store?.[name] !== 'function');
  if (lacking !== undefined) throw lacksOperation(module.name, `its open store has no ${lacking}()`);
  const client = await inTime(module.name, 'connect', () => store.connect());
  const missing = operations.find((name) => typeof client?.[name] !== 'function');
  await client?.close?.();
  if (missing === undefined) return store;
  await store.close();
  throw lacksOperation(module.name, `its clients have no ${missing}()`);
}

/**
 * Whether a store can be opened, found out before any test. One that asks for PostgreSQL is found out by its tests,
 * because no server runs yet.
 */
export async function checkStore(module: StoreModule, folder: string): Promise<void> {
  let asked: () => void = () => {};
  const needsPostgres = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const postgres = (): Promise<never> => {
    asked();
    return new Promise(() => {});
  };
  await Promise.race([openStore(module, { postgres, folder }).then((store) => store.close()), needsPostgres]);
}

function lacksOperation(name: string, what: string): EnvironmentUnavailable {
  return new EnvironmentUnavailable(
    `The store ${name} does not keep the contract of helpers/orchestration/store.ts: ${what}.`,
  );
}

async function inTime<T>(name: string, what: string, run: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${patience / 1000} s`)), patience);
  });
  try {
    return await Promise.race([run(), late]);
  } catch (error) {
    throw new EnvironmentUnavailable(`The store ${name} failed in ${what}(): ${messageOf(error)}.`);
  } finally {
    clearTimeout(timer);
  }
}
