import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { Decoder } from '../bodies.ts';
import type { Connection } from '../connection.ts';
import { longPoll } from '../long-poll.ts';
import {
  eventRows,
  eventsOf,
  type FetchedTurn,
  type FetchedWork,
  lockedWorkItemOf,
  messageRow,
  orchestrationItemOf,
  type StoredEvent,
  workRow,
} from '../rows.ts';
import type * as Contract from '../store.ts';
import { turnValues } from './turn.ts';

/**
 * Queues change faster than their statistics: a table that was small when it was last counted would be read whole. So
 * every look-up goes by its index, row by row, since a turn has few; a plan is made once for each connection.
 */
export const planning = '-c enable_seqscan=off -c enable_bitmapscan=off -c plan_cache_mode=force_generic_plan';

/** A client of the store, with a connection of its own; it calls the functions of schema.sql. */
export class PostgresStore implements Contract.OrchestrationStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  fetchOrchestrationItem({ lockTimeout, pollTimeout = 0, engines }: Contract.OrchestrationFetch) {
    return longPoll(pollTimeout, async () => {
      const token = randomUUID();
      const [found] = await this.#call<FetchedTurn>('fetchOrchestrationItem', 'fetch_orchestration_item', [
        token,
        lockTimeout,
        engines?.min,
        engines?.max,
      ]);
      return found && orchestrationItemOf(found, token + found.instance);
    });
  }

  async ackOrchestrationItem(token: string, turn: Contract.Turn): Promise<void> {
    await this.#call('ackOrchestrationItem', 'ack_orchestration_item', [token, ...turnValues(turn)]);
  }

  async abandonOrchestrationItem(token: string, { delay = 0, ignoreAttempt = false }: Contract.Abandonment = {}) {
    await this.#call('abandonOrchestrationItem', 'abandon_orchestration_item', [token, delay, ignoreAttempt]);
  }

  async renewOrchestrationItemLock(token: string, lockTimeout: number): Promise<void> {
    await this.#call('renewOrchestrationItemLock', 'renew_orchestration_item_lock', [token, lockTimeout]);
  }

  fetchWorkItem({ lockTimeout, pollTimeout = 0, session, tags }: Contract.WorkFetch) {
    return longPoll(pollTimeout, async () => {
      const token = randomUUID();
      const { named, untagged } = tags ?? { named: [], untagged: true };
      const [found] = await this.#call<FetchedWork>('fetchWorkItem', 'fetch_work_item', [
        token,
        lockTimeout,
        session?.owner,
        session?.lockTimeout,
        named,
        untagged,
      ]);
      return found && lockedWorkItemOf(found, token);
    });
  }

  async ackWorkItem(token: string, completion?: Contract.Message): Promise<void> {
    await this.#call('ackWorkItem', 'ack_work_item', [token, completion && messageRow(completion)]);
  }

  async abandonWorkItem(token: string, { delay = 0, ignoreAttempt = false }: Contract.Abandonment = {}): Promise<void> {
    await this.#call('abandonWorkItem', 'abandon_work_item', [token, delay, ignoreAttempt]);
  }

  async renewWorkItemLock(token: string, lockTimeout: number): Promise<void> {
    await this.#call('renewWorkItemLock', 'renew_work_item_lock', [token, lockTimeout]);
  }

  async renewSessionLocks(owner: string, lockTimeout: number): Promise<number> {
    const [row] = await this.#call<{ renew_session_locks: string }>('renewSessionLocks', 'renew_session_locks', [
      owner,
      lockTimeout,
    ]);
    return Number(row!.renew_session_locks);
  }

  async enqueueForOrchestrator(message: Contract.Message, delay = 0): Promise<void> {
    await this.#call('enqueueForOrchestrator', 'enqueue_message', [messageRow(message), delay]);
  }

  async enqueueForWorker(item: Contract.WorkItem): Promise<void> {
    await this.#call('enqueueForWorker', 'enqueue_work', [JSON.stringify([workRow(item)])]);
  }

  async read(instance: string): Promise<Contract.HistoryEvent[]> {
    return this.#history('read', instance);
  }

  async readWithExecution(instance: string, execution: number): Promise<Contract.HistoryEvent[]> {
    return this.#history('readWithExecution', instance, execution);
  }

  async appendWithExecution(instance: string, execution: number, events: readonly Contract.HistoryEvent[]) {
    await this.#call('appendWithExecution', 'append_with_execution', [
      instance,
      execution,
      JSON.stringify(eventRows(events)),
    ]);
  }

  async describe(instance: string): Promise<Contract.InstanceDescription | undefined> {
    const [row] = await this.#connection.rows<Contract.InstanceDescription>(
      'describe',
      `SELECT i.instance, name, version, parent, execution, status, output,
         custom_status AS "customStatus", custom_status_version AS "customStatusVersion"
       FROM instances i JOIN executions e USING (instance, execution) WHERE instance = $1`,
      [instance],
    );
    if (row === undefined) return undefined;
    const { parent, output, customStatus } = row;
    return {
      ...row,
      parent: parent ?? undefined,
      output: output ?? undefined,
      customStatus: customStatus ?? undefined,
    };
  }

  async deleteInstance(instance: string, { force = false }: { force?: boolean } = {}): Promise<void> {
    await this.#call('deleteInstance', 'delete_instance', [instance, force]);
  }

  async pruneExecutions(instance: string, keep: number): Promise<number> {
    const [row] = await this.#call<{ prune_executions: string }>('pruneExecutions', 'prune_executions', [
      instance,
      keep,
    ]);
    return Number(row!.prune_executions);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #history(operation: string, instance: string, execution?: number): Promise<Contract.HistoryEvent[]> {
    const [row] = await this.#call<{ read_history: StoredEvent[] | null }>(operation, 'read_history', [
      instance,
      execution,
    ]);
    return eventsOf(row!.read_history, new Decoder());
  }

  /** The rows that a function of the schema returns. */
  #call<Row extends pg.QueryResultRow>(operation: string, name: string, values: unknown[]): Promise<Row[]> {
    const places = values.map((_, index) => `$${index + 1}`).join(', ');
    return this.#connection.rows<Row>(operation, `SELECT * FROM ${name}(${places})`, values, name);
  }
}

/** States of PostgreSQL in which the same call may succeed later: locks, shutdown, too many connections, no server. */
const passing = /^(40|53|55|57|08)/;

/** An error that `fail` of the schema raises is permanent, and one without a state is of the connection. */
export function isRetryable({ code }: Error & { readonly code?: string }): boolean {
  return code === undefined || !/^[0-9A-Z]{5}$/.test(code) || passing.test(code);
}
