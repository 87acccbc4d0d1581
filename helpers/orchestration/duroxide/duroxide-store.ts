import { StoreError } from '../store-error.ts';
import { longPoll } from '../long-poll.ts';
import type * as Contract from '../store.ts';
import pg from 'pg';
import type { Connection } from '../connection.ts';
import {
  type Envelope,
  eventRow,
  messageEnvelope,
  metadataRow,
  openEnvelope,
  timerEnvelope,
  workEnvelope,
} from './envelopes.ts';
import { type Described, descriptionOf, type FetchedTurn, type FetchedWork, itemOf, tagMode } from './rows.ts';

/** The time that is passed to a procedure: its caller's, and what a test has moved it ahead. */
const now = '$1::bigint + (SELECT ahead FROM proving_ground_clock)';

/** Duroxide's provider passes durations in whole milliseconds, and renewals in whole seconds. */
const whole = (milliseconds: number) => Math.floor(milliseconds);
const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);

/**
 * A client of duroxide's PostgreSQL store, which calls its stored procedures as duroxide's own provider does. It mends
 * nothing: what the procedures do wrong is seen through the contract.
 */
export class DuroxideStore implements Contract.OrchestrationStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  fetchOrchestrationItem({ lockTimeout, pollTimeout = 0, engines }: Contract.OrchestrationFetch) {
    return longPoll(pollTimeout, async () => {
      const [row] = await this.#connection.rows<FetchedTurn>(
        'fetchOrchestrationItem',
        `SELECT * FROM fetch_orchestration_item(${now}, $2, $3, $4)`,
        [Date.now(), whole(lockTimeout), engines?.min, engines?.max],
      );
      return row && itemOf(row);
    });
  }

  async ackOrchestrationItem(token: string, turn: Contract.Turn): Promise<void> {
    const { execution, history = [], work = [], messages = [], cancelled = [] } = turn;
    const isPlain = cancelled.length === 0 && messages.every(({ delay = 0 }) => delay === 0);
    const { instance, time } = isPlain ? { instance: null, time: 0 } : await this.#lock(token);
    await this.#connection.rows(
      'ackOrchestrationItem',
      `SELECT ack_orchestration_item($2, ${now}, $3, $4, $5, $6, $7, $8)`,
      [
        Date.now(),
        token,
        execution,
        JSON.stringify(history.map(eventRow)),
        JSON.stringify(work.map(workEnvelope)),
        JSON.stringify(
          messages.map(({ message, delay = 0 }) =>
            delay > 0 ? timerEnvelope(message, time + whole(delay)) : messageEnvelope(message),
          ),
        ),
        JSON.stringify(metadataRow(turn)),
        JSON.stringify(cancelled.map((one) => ({ instance, execution_id: one.execution, activity_id: one.activity }))),
      ],
    );
  }

  async abandonOrchestrationItem(token: string, { delay = 0, ignoreAttempt = false }: Contract.Abandonment = {}) {
    const sql = `SELECT abandon_orchestration_item($2, ${now}, $3, $4)`;
    const values = [Date.now(), token, whole(delay), ignoreAttempt];
    await this.#connection.rows('abandonOrchestrationItem', sql, values);
  }

  async renewOrchestrationItemLock(token: string, lockTimeout: number): Promise<void> {
    const sql = `SELECT renew_orchestration_item_lock($2, ${now}, $3)`;
    await this.#connection.rows('renewOrchestrationItemLock', sql, [Date.now(), token, seconds(lockTimeout)]);
  }

  fetchWorkItem({ lockTimeout, pollTimeout = 0, session, tags }: Contract.WorkFetch) {
    const operation = 'fetchWorkItem';
    const sql = `SELECT * FROM fetch_work_item(${now}, $2, $3, $4, $5, $6)`;
    return longPoll(pollTimeout, async () => {
      const limits = [whole(lockTimeout), session?.owner, session && whole(session.lockTimeout)];
      const values = [Date.now(), ...limits, tags?.named ?? [], tagMode(tags)];
      const [row] = await this.#connection.rows<FetchedWork>(operation, sql, values);
      if (row === undefined) return undefined;
      const item = openEnvelope(decode(operation, row.out_work_item) as Envelope<Contract.WorkItem>);
      return { item, token: row.out_lock_token, attempt: row.out_attempt_count };
    });
  }

  async ackWorkItem(token: string, completion?: Contract.Message): Promise<void> {
    const sql = `SELECT ack_worker($2, $3, $4, ${now})`;
    const envelope = completion && JSON.stringify(messageEnvelope(completion));
    await this.#connection.rows('ackWorkItem', sql, [Date.now(), token, completion?.instance, envelope]);
  }

  async abandonWorkItem(token: string, { delay = 0, ignoreAttempt = false }: Contract.Abandonment = {}): Promise<void> {
    const sql = `SELECT abandon_work_item($2, ${now}, $3, $4)`;
    await this.#connection.rows('abandonWorkItem', sql, [Date.now(), token, whole(delay), ignoreAttempt]);
  }

  async renewWorkItemLock(token: string, lockTimeout: number): Promise<void> {
    const sql = `SELECT renew_work_item_lock($2, ${now}, $3)`;
    await this.#connection.rows('renewWorkItemLock', sql, [Date.now(), token, seconds(lockTimeout)]);
  }

  async renewSessionLocks(owner: string, lockTimeout: number): Promise<number> {
    // Sessions that have been idle for long are not renewed; the contract knows none, so that is since 1970.
    const sql = `SELECT renew_session_lock(ARRAY[$2], ${now}, $3, $1) AS count`;
    const values = [Date.now(), owner, whole(lockTimeout)];
    const [row] = await this.#connection.rows<{ count: string }>('renewSessionLocks', sql, values);
    return Number(row!.count);
  }

  async enqueueForOrchestrator(message: Contract.Message, delay = 0): Promise<void> {
    const sql = `SELECT enqueue_orchestrator_work($2, $3, to_timestamp((${now} + $4::bigint) / 1000.0))`;
    const values = [Date.now(), message.instance, JSON.stringify(messageEnvelope(message)), whole(delay)];
    await this.#connection.rows('enqueueForOrchestrator', sql, values);
  }

  async enqueueForWorker(item: Contract.WorkItem): Promise<void> {
    const { instance, execution, activity, session, tag } = item;
    const sql = `SELECT enqueue_worker_work($2, ${now}, $3, $4, $5, $6, $7)`;
    const values = [Date.now(), JSON.stringify(workEnvelope(item)), instance, execution, activity, session, tag];
    await this.#connection.rows('enqueueForWorker', sql, values);
  }

  read(instance: string): Promise<Contract.HistoryEvent[]> {
    return this.#history('read', 'SELECT * FROM fetch_history($1)', [instance]);
  }

  readWithExecution(instance: string, execution: number): Promise<Contract.HistoryEvent[]> {
    const sql = 'SELECT * FROM fetch_history_with_execution($1, $2)';
    return this.#history('readWithExecution', sql, [instance, execution]);
  }

  async appendWithExecution(instance: string, execution: number, events: readonly Contract.HistoryEvent[]) {
    const values = [instance, execution, JSON.stringify(events.map(eventRow))];
    await this.#connection.rows('appendWithExecution', 'SELECT append_history($1, $2, $3)', values);
  }

  async describe(instance: string): Promise<Contract.InstanceDescription | undefined> {
    const [row] = await this.#connection.rows<Described>(
      'describe',
      `SELECT * FROM instances JOIN executions USING (instance_id)
       WHERE instance_id = $1 AND execution_id = current_execution_id`,
      [instance],
    );
    return row && descriptionOf(instance, row);
  }

  async deleteInstance(instance: string, { force = false }: { force?: boolean } = {}): Promise<void> {
    const operation = 'deleteInstance';
    const ask = async (statement: string, sql: string, name: string) =>
      (await this.#connection.rows<{ name: string | null }>(operation, sql, [name], statement)).map((row) => row.name);
    const [parent] = await ask('parent', 'SELECT get_parent_id($1) AS name', instance);
    if (typeof parent === 'string') throw new StoreError(operation, `${instance} is a child of ${parent}`, false);
    const family = [instance];
    for (const member of family) {
      const children = await ask('children', 'SELECT child_instance_id AS name FROM list_children($1)', member);
      family.push(...children.filter((name) => name !== null));
    }
    await this.#connection.rows(operation, 'SELECT * FROM delete_instances_atomic($1, $2)', [family, force]);
  }

  async pruneExecutions(instance: string, keep: number): Promise<number> {
    const sql = 'SELECT executions_deleted AS count FROM prune_executions($1, $2)';
    const [row] = await this.#connection.rows<{ count: string }>('pruneExecutions', sql, [instance, keep]);
    return Number(row!.count);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #history(operation: string, sql: string, values: unknown[]): Promise<Contract.HistoryEvent[]> {
    const rows = await this.#connection.rows<{ out_event_data: string }>(operation, sql, values);
    return rows.map(({ out_event_data: text }) => decode(operation, text) as Contract.HistoryEvent);
  }

  /** What an ack that cancels or delays has to tell the procedure, which the contract leaves to the store. */
  async #lock(token: string): Promise<{ instance: string | null; time: number }> {
    const sql = `SELECT (SELECT instance_id FROM instance_locks WHERE lock_token = $2) AS instance, ${now} AS time`;
    const values = [Date.now(), token];
    const [row] = await this.#connection.rows<{ instance: string | null; time: string }>(
      'ackOrchestrationItem',
      sql,
      values,
      'lock',
    );
    return { instance: row!.instance, time: Number(row!.time) };
  }
}

/** As duroxide's provider has it: retryable are a deadlock, a stale plan, and what is of the connection. */
export function isRetryable(error: Error): boolean {
  return !(error instanceof pg.DatabaseError) || error.code === '40P01' || error.code === '0A000';
}

/** Stored JSON; duroxide's provider refuses the operation when it cannot be decoded. */
function decode(operation: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new StoreError(operation, `Failed to deserialize ${text}`, false, { cause: error });
  }
}
