import { invalidToken } from '../store-error.ts';
import type { FetchedWork } from '../rows.ts';
import type * as Contract from '../store.ts';
import type { StoreFile } from './sqlite-database.ts';
import { enqueueMessage } from './turns.ts';

export function fetchWork(
  file: StoreFile,
  now: number,
  token: string,
  { lockTimeout, session, tags = { named: [], untagged: true } }: Contract.WorkFetch,
): FetchedWork | undefined {
  const [found] = file.rows<FetchedWork & { readonly id: number }>(
    `SELECT id, instance, execution, activity, name, body, session, tag, attempts + 1 AS attempt FROM work w
     WHERE visible_at <= ?1 AND CASE WHEN tag IS NULL THEN ?2 ELSE tag IN (SELECT value FROM json_each(?3)) END
     AND (session IS NULL OR ?4 IS NOT NULL AND NOT EXISTS (
       SELECT 1 FROM work_sessions s WHERE s.session = w.session AND s.owner <> ?4 AND s.locked_until > ?1
     ))
     ORDER BY id LIMIT 1`,
    now,
    Number(tags.untagged),
    JSON.stringify(tags.named),
    session?.owner ?? null,
  );
  if (found === undefined) return undefined;
  const { id, ...work } = found;
  file.run(
    'UPDATE work SET token = ?, visible_at = ?, attempts = attempts + 1 WHERE id = ?',
    token,
    now + lockTimeout,
    id,
  );
  if (typeof work.session === 'string' && session !== undefined)
    file.run(
      'INSERT OR REPLACE INTO work_sessions (session, owner, locked_until) VALUES (?, ?, ?)',
      work.session,
      session.owner,
      now + session.lockTimeout,
    );
  return work;
}

export function ackWork(file: StoreFile, now: number, token: string, completion: Contract.Message | undefined): void {
  refuseNone('ackWorkItem', file.run('DELETE FROM work WHERE token = ? AND visible_at > ?', token, now));
  if (completion !== undefined) enqueueMessage(file, now, completion);
}

export function abandonWork(
  file: StoreFile,
  now: number,
  token: string,
  { delay = 0, ignoreAttempt = false }: Contract.Abandonment = {},
): void {
  const abandoned = file.run(
    `UPDATE work SET token = NULL, attempts = attempts - ?3, visible_at = ?2 + ?4
     WHERE token = ?1 AND visible_at > ?2`,
    token,
    now,
    Number(ignoreAttempt),
    delay,
  );
  refuseNone('abandonWorkItem', abandoned);
}

export function renewWork(file: StoreFile, now: number, token: string, lockTimeout: number): void {
  const sql = 'UPDATE work SET visible_at = ?2 + ?3 WHERE token = ?1 AND visible_at > ?2';
  refuseNone('renewWorkItemLock', file.run(sql, token, now, lockTimeout));
}

export function renewSessions(file: StoreFile, now: number, owner: string, lockTimeout: number): number {
  return file.run(
    'UPDATE work_sessions SET locked_until = ?2 + ?3 WHERE owner = ?1 AND locked_until > ?2',
    owner,
    now,
    lockTimeout,
  );
}

function refuseNone(operation: string, changes: number): void {
  if (changes === 0) throw invalidToken(operation);
}
