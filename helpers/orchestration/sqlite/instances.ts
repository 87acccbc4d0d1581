import { StoreError } from '../store-error.ts';
import type { StoredEvent } from '../rows.ts';
import type { ExecutionStatus, HistoryEvent, InstanceDescription } from '../store.ts';
import type { StoreFile } from './sqlite-database.ts';
import { appendHistory, readHistory } from './turns.ts';

interface StoredInstance {
  readonly instance: string;
  readonly name: string;
  readonly version: string;
  readonly parent: string | null;
  readonly execution: number;
  readonly status: ExecutionStatus;
  readonly output: string | null;
  readonly custom_status: string | null;
  readonly custom_status_version: number;
}

export function describe(file: StoreFile, instance: string): InstanceDescription | undefined {
  const [row] = file.rows<StoredInstance>(
    'SELECT * FROM instances JOIN executions USING (instance, execution) WHERE instance = ?',
    instance,
  );
  if (row === undefined) return undefined;
  const { name, version, parent, execution, status, output } = row;
  return {
    instance,
    name,
    version,
    parent: parent ?? undefined,
    execution,
    status,
    output: output ?? undefined,
    customStatus: row.custom_status ?? undefined,
    customStatusVersion: row.custom_status_version,
  };
}

export function readLatest(file: StoreFile, instance: string): StoredEvent[] {
  const execution = currentExecution(file, instance);
  return execution === undefined ? [] : readHistory(file, instance, execution);
}

export function append(file: StoreFile, instance: string, execution: number, events: readonly HistoryEvent[]): void {
  const operation = 'appendWithExecution';
  if (currentExecution(file, instance) === undefined)
    throw new StoreError(operation, `There is no instance ${instance}`, false);
  file.run('INSERT INTO executions (instance, execution) VALUES (?, ?) ON CONFLICT DO NOTHING', instance, execution);
  appendHistory(file, operation, instance, execution, events);
}

export function deleteFamily(file: StoreFile, instance: string, force: boolean): void {
  const operation = 'deleteInstance';
  const family = file.rows<{ instance: string; parent: string | null; status: string | null }>(
    `WITH RECURSIVE family (instance) AS (
       SELECT ? UNION SELECT i.instance FROM instances i JOIN family f ON i.parent = f.instance
     ) SELECT instance, parent, status
     FROM family LEFT JOIN instances USING (instance) LEFT JOIN executions USING (instance, execution)`,
    instance,
  );
  const parent = family.find((member) => member.instance === instance)?.parent;
  if (typeof parent === 'string') throw new StoreError(operation, `${instance} is a child of ${parent}`, false);
  const running = family.find(({ status }) => status === 'running');
  if (running !== undefined && !force) throw new StoreError(operation, `${running.instance} is running`, false);
  for (const table of ['instances_queue', 'messages', 'work', 'history', 'executions', 'instances'])
    for (const member of family) file.run(`DELETE FROM ${table} WHERE instance = ?`, member.instance);
}

export function prune(file: StoreFile, instance: string, keep: number): number {
  const old = file.rows<{ execution: number }>(
    `SELECT execution FROM executions WHERE instance = ?1
     AND execution <> (SELECT execution FROM instances WHERE instance = ?1)
     AND execution NOT IN (SELECT execution FROM executions WHERE instance = ?1 ORDER BY execution DESC LIMIT ?2)`,
    instance,
    keep,
  );
  for (const { execution } of old)
    for (const table of ['history', 'executions'])
      file.run(`DELETE FROM ${table} WHERE instance = ? AND execution = ?`, instance, execution);
  return old.length;
}

function currentExecution(file: StoreFile, instance: string): number | undefined {
  return file.rows<{ execution: number }>('SELECT execution FROM instances WHERE instance = ?', instance)[0]?.execution;
}
