import { invalidToken, StoreError } from '../store-error.ts';
import { eventRows, type FetchedTurn, messageRow, type StoredEvent, type StoredMessage, workRow } from '../rows.ts';
import type * as Contract from '../store.ts';
import type { StoreFile } from './sqlite-database.ts';

export function fetchTurn(
  file: StoreFile,
  now: number,
  token: string,
  { lockTimeout, engines }: Contract.OrchestrationFetch,
): FetchedTurn | undefined {
  const [found] = file.rows<{ instance: string }>(
    `SELECT instance FROM instances_queue
     WHERE available_at <= ?1 AND (?2 IS NULL OR engine IS NULL OR engine BETWEEN ?2 AND ?3)
     ORDER BY available_at LIMIT 1`,
    now,
    engines?.min ?? null,
    engines?.max ?? null,
  );
  if (found === undefined) return undefined;
  const { instance } = found;
  file.run(
    'UPDATE instances_queue SET token = ?2, locked_until = ?3, available_at = ?3 WHERE instance = ?1',
    instance,
    token,
    now + lockTimeout,
  );
  file.run(
    'UPDATE messages SET token = ?, attempts = attempts + 1 WHERE instance = ? AND visible_at <= ?',
    token,
    instance,
    now,
  );
  const messages = file.rows<{ fields: string; body: string; attempts: number }>(
    'SELECT fields, body, attempts FROM messages WHERE instance = ? AND token = ? ORDER BY id',
    instance,
    token,
  );
  const [known] = file.rows<{ name: string; version: string; execution: number }>(
    'SELECT name, version, execution FROM instances WHERE instance = ?',
    instance,
  );
  const { name = null, version = null, execution = 1 } = known ?? {};
  return {
    instance,
    name,
    version,
    execution,
    history: readHistory(file, instance, execution),
    messages: messages.map(({ fields, body }) => [JSON.parse(fields) as StoredMessage[0], body]),
    attempt: Math.max(...messages.map(({ attempts }) => attempts)),
  };
}

export function ackTurn(file: StoreFile, now: number, token: string, turn: Contract.Turn): void {
  const operation = 'ackOrchestrationItem';
  const instance = lockedBy(file, now, token, operation);
  const { execution, history = [], work = [], messages = [], cancelled = [], metadata = {} } = turn;
  updateInstance(file, operation, instance, execution, metadata);
  appendHistory(file, operation, instance, execution, history);
  file.run('DELETE FROM messages WHERE instance = ? AND token = ?', instance, token);
  for (const item of work) enqueueWork(file, now, item);
  for (const { execution: of, activity } of cancelled)
    file.run('DELETE FROM work WHERE instance = ? AND execution = ? AND activity = ?', instance, of, activity);
  for (const { message, delay } of messages) enqueueMessage(file, now, message, delay);
  unlock(file, instance);
}

export function abandonTurn(
  file: StoreFile,
  now: number,
  token: string,
  { delay = 0, ignoreAttempt = false }: Contract.Abandonment = {},
): void {
  const instance = lockedBy(file, now, token, 'abandonOrchestrationItem');
  file.run(
    `UPDATE messages SET token = NULL, attempts = attempts - ?3, visible_at = coalesce(?4, visible_at)
     WHERE instance = ?1 AND token = ?2`,
    instance,
    token,
    Number(ignoreAttempt),
    delay > 0 ? now + delay : null,
  );
  unlock(file, instance);
}

export function renewTurn(file: StoreFile, now: number, token: string, lockTimeout: number): void {
  const instance = lockedBy(file, now, token, 'renewOrchestrationItemLock');
  file.run(
    'UPDATE instances_queue SET locked_until = ?2, available_at = ?2 WHERE instance = ?1',
    instance,
    now + lockTimeout,
  );
}

export function enqueueMessage(file: StoreFile, now: number, message: Contract.Message, delay = 0): void {
  const { instance, kind, fields, body } = messageRow(message);
  const visibleAt = now + delay;
  file.run('INSERT INTO instances_queue (instance) VALUES (?) ON CONFLICT DO NOTHING', instance);
  file.run(
    'INSERT INTO messages (instance, kind, fields, body, visible_at) VALUES (?, ?, ?, ?, ?)',
    instance,
    kind,
    JSON.stringify(fields),
    body,
    visibleAt,
  );
  if (kind === 'start' || isKnown(file, instance))
    file.run(
      `UPDATE instances_queue SET available_at = max(?2, coalesce(locked_until, 0))
       WHERE instance = ?1 AND (available_at IS NULL OR available_at > ?2)`,
      instance,
      visibleAt,
    );
}

export function enqueueWork(file: StoreFile, now: number, item: Contract.WorkItem): void {
  const { instance, execution, activity, name, body, session, tag } = workRow(item);
  file.run(
    `INSERT INTO work (instance, execution, activity, name, body, session, tag, visible_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    instance,
    execution,
    activity,
    name,
    body,
    session ?? null,
    tag ?? null,
    now,
  );
}

export function readHistory(file: StoreFile, instance: string, execution: number): StoredEvent[] {
  return file
    .rows<{ event: number; kind: string; body: string }>(
      'SELECT event, kind, body FROM history WHERE instance = ? AND execution = ? ORDER BY event',
      instance,
      execution,
    )
    .map(({ event, kind, body }) => [event, kind, body]);
}

export function appendHistory(
  file: StoreFile,
  operation: string,
  instance: string,
  execution: number,
  events: readonly Contract.HistoryEvent[],
): void {
  for (const [event, kind, body] of eventRows(events)) {
    const appended = file.run(
      'INSERT INTO history (instance, execution, event, kind, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
      instance,
      execution,
      event,
      kind,
      body,
    );
    if (appended === 0) throw new StoreError(operation, `Duplicate event ${event} of ${instance}`, false);
  }
}

/** Creates the instance and the execution, when they are new. */
function updateInstance(
  file: StoreFile,
  operation: string,
  instance: string,
  execution: number,
  metadata: Contract.TurnMetadata,
): void {
  const { name = null, version = null, parent, engine = null, status = null, output = null, customStatus } = metadata;
  if (!isKnown(file, instance)) {
    if (name === null)
      throw new StoreError(operation, `The first turn of ${instance} has to name its orchestration`, false);
    file.run(
      `INSERT INTO instances (instance, name, version, parent, execution) VALUES (?, ?, '', ?, ?)`,
      instance,
      name,
      parent ?? null,
      execution,
    );
  }
  // An execution that names no engine needs none, whatever the one before it needed.
  file.run(
    `UPDATE instances_queue AS q SET engine = CASE WHEN i.execution < ?2 THEN ?3 ELSE coalesce(?3, engine) END
     FROM instances i WHERE q.instance = ?1 AND i.instance = ?1 AND i.execution <= ?2`,
    instance,
    execution,
    engine,
  );
  file.run(
    `UPDATE instances SET name = coalesce(?2, name), version = coalesce(?3, version), execution = max(execution, ?4)
     WHERE instance = ?1`,
    instance,
    name,
    version,
    execution,
  );
  if (customStatus !== undefined)
    file.run(
      'UPDATE instances SET custom_status = ?2, custom_status_version = custom_status_version + 1 WHERE instance = ?1',
      instance,
      customStatus,
    );
  file.run(
    `INSERT INTO executions (instance, execution, status, output) VALUES (?1, ?2, coalesce(?3, 'running'), ?4)
     ON CONFLICT DO UPDATE SET status = coalesce(?3, status), output = coalesce(?4, output)`,
    instance,
    execution,
    status,
    output,
  );
}

function isKnown(file: StoreFile, instance: string): boolean {
  return file.rows('SELECT 1 FROM instances WHERE instance = ?', instance).length > 0;
}

function lockedBy(file: StoreFile, now: number, token: string, operation: string): string {
  const sql = 'SELECT instance FROM instances_queue WHERE token = ? AND locked_until > ?';
  const [row] = file.rows<{ instance: string }>(sql, token, now);
  if (row === undefined) throw invalidToken(operation);
  return row.instance;
}

/** It can be fetched again when its next message is visible; never, before its start is queued. */
function unlock(file: StoreFile, instance: string): void {
  file.run(
    `UPDATE instances_queue SET token = NULL, locked_until = NULL, available_at = (
       SELECT min(visible_at) FROM messages
       WHERE instance = ?1 AND (kind = 'start' OR EXISTS (SELECT 1 FROM instances WHERE instance = ?1))
     ) WHERE instance = ?1`,
    instance,
  );
}
