import { randomUUID } from 'node:crypto';
import { Decoder } from '../bodies.ts';
import { longPoll } from '../long-poll.ts';
import { eventsOf, lockedWorkItemOf, orchestrationItemOf } from '../rows.ts';
import type * as Contract from '../store.ts';
import { StoreFile } from './sqlite-database.ts';
import * as instances from './instances.ts';
import * as turns from './turns.ts';
import * as works from './work.ts';

/** A client of the store, with a connection of its own to its file. Each operation is one transaction. */
export class SqliteStore implements Contract.OrchestrationStore {
  readonly #file: StoreFile;

  /** `path` is the file's, which has the tables of schema.sql. */
  constructor(path: string) {
    this.#file = new StoreFile(path);
  }

  fetchOrchestrationItem(options: Contract.OrchestrationFetch) {
    return longPoll(options.pollTimeout ?? 0, () =>
      this.#transaction('fetchOrchestrationItem', (now) => {
        const token = randomUUID();
        const found = turns.fetchTurn(this.#file, now, token, options);
        return found && orchestrationItemOf(found, token);
      }),
    );
  }

  ackOrchestrationItem(token: string, turn: Contract.Turn): Promise<void> {
    return this.#transaction('ackOrchestrationItem', (now) => turns.ackTurn(this.#file, now, token, turn));
  }

  abandonOrchestrationItem(token: string, options?: Contract.Abandonment): Promise<void> {
    return this.#transaction('abandonOrchestrationItem', (now) => turns.abandonTurn(this.#file, now, token, options));
  }

  renewOrchestrationItemLock(token: string, lockTimeout: number): Promise<void> {
    return this.#transaction('renewOrchestrationItemLock', (now) =>
      turns.renewTurn(this.#file, now, token, lockTimeout),
    );
  }

  fetchWorkItem(options: Contract.WorkFetch) {
    return longPoll(options.pollTimeout ?? 0, () =>
      this.#transaction('fetchWorkItem', (now) => {
        const token = randomUUID();
        const found = works.fetchWork(this.#file, now, token, options);
        return found && lockedWorkItemOf(found, token);
      }),
    );
  }

  ackWorkItem(token: string, completion?: Contract.Message): Promise<void> {
    return this.#transaction('ackWorkItem', (now) => works.ackWork(this.#file, now, token, completion));
  }

  abandonWorkItem(token: string, options?: Contract.Abandonment): Promise<void> {
    return this.#transaction('abandonWorkItem', (now) => works.abandonWork(this.#file, now, token, options));
  }

  renewWorkItemLock(token: string, lockTimeout: number): Promise<void> {
    return this.#transaction('renewWorkItemLock', (now) => works.renewWork(this.#file, now, token, lockTimeout));
  }

  renewSessionLocks(owner: string, lockTimeout: number): Promise<number> {
    return this.#transaction('renewSessionLocks', (now) => works.renewSessions(this.#file, now, owner, lockTimeout));
  }

  enqueueForOrchestrator(message: Contract.Message, delay?: number): Promise<void> {
    return this.#transaction('enqueueForOrchestrator', (now) => turns.enqueueMessage(this.#file, now, message, delay));
  }

  enqueueForWorker(item: Contract.WorkItem): Promise<void> {
    return this.#transaction('enqueueForWorker', (now) => turns.enqueueWork(this.#file, now, item));
  }

  read(instance: string): Promise<Contract.HistoryEvent[]> {
    return this.#transaction('read', () => eventsOf(instances.readLatest(this.#file, instance), new Decoder()));
  }

  readWithExecution(instance: string, execution: number): Promise<Contract.HistoryEvent[]> {
    return this.#transaction('readWithExecution', () =>
      eventsOf(turns.readHistory(this.#file, instance, execution), new Decoder()),
    );
  }

  appendWithExecution(instance: string, execution: number, events: readonly Contract.HistoryEvent[]): Promise<void> {
    return this.#transaction('appendWithExecution', () => instances.append(this.#file, instance, execution, events));
  }

  describe(instance: string): Promise<Contract.InstanceDescription | undefined> {
    return this.#transaction('describe', () => instances.describe(this.#file, instance));
  }

  deleteInstance(instance: string, { force = false }: { force?: boolean } = {}): Promise<void> {
    return this.#transaction('deleteInstance', () => instances.deleteFamily(this.#file, instance, force));
  }

  pruneExecutions(instance: string, keep: number): Promise<number> {
    return this.#transaction('pruneExecutions', () => instances.prune(this.#file, instance, keep));
  }

  async close(): Promise<void> {
    this.#file.close();
  }

  #transaction<T>(operation: string, work: (now: number) => T): Promise<T> {
    return this.#file.transaction(operation, work);
  }
}
