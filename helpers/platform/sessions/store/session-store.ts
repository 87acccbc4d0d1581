import type pg from 'pg';
import { type Queryable, transaction } from '../../kernel/store/database.ts';
import type { SessionState } from '../states.ts';

export interface StoredSession {
  readonly id: string;
  readonly client: string;
  readonly user: string;
  readonly thread: string;
  readonly status: SessionState;
  readonly reason: string | null;
  /** Grants access to the preview. */
  readonly key: string;
  readonly task: string | null;
  /** The workspace's address, while it has one. */
  readonly address: string | null;
  readonly created_at: Date;
  readonly last_activity: Date;
}

export interface NewSession extends Pick<StoredSession, 'id' | 'client' | 'user' | 'thread' | 'key'> {
  /** The limit of concurrent sessions. */
  readonly most: number;
  /** Milliseconds to wait for a lock. */
  readonly lock: number;
}

/** The sessions. Every change names the state that it starts from, so that a repeated change has no effect. */
export interface SessionStore {
  /** The user's session, or a new one. Undefined when there are too many sessions. */
  open(pool: pg.Pool, wanted: NewSession): Promise<StoredSession | undefined>;
  find(db: Queryable, id: string): Promise<StoredSession | undefined>;
  /** A client's sessions that have not ended, oldest first. */
  ofClient(db: Queryable, client: string): Promise<StoredSession[]>;
  /** All sessions that have not ended, oldest first. */
  unfinished(db: Queryable): Promise<StoredSession[]>;
  /** Gives a session its task. False when the session has one, or the task belongs to another. */
  assign(db: Queryable, id: string, task: string, address: string): Promise<boolean>;
  /** Removes a lost task from a session, which then waits for another one, with a new time limit if it was active. */
  unassign(db: Queryable, id: string, task: string): Promise<void>;
  activate(db: Queryable, id: string, task: string): Promise<boolean>;
  /** Records use of an active session; returns the session afterwards. */
  touch(db: Queryable, id: string): Promise<StoredSession | undefined>;
  /** Drains sessions that are unused for their client's idle time, by default `idle` milliseconds. */
  drainIdle(db: Queryable, idle: number): Promise<void>;
  /** Drains sessions that have waited for a workspace for more than `patience` milliseconds. */
  drainLate(db: Queryable, patience: number): Promise<void>;
  drain(db: Queryable, id: string, reason: string): Promise<boolean>;
  expire(db: Queryable, id: string, reason: string): Promise<void>;
}

const columns =
  'id, client_id AS client, user_id AS "user", thread_id AS thread, status, reason, key, task_arn AS task, address, created_at, last_activity';
const tell = `SELECT pg_notify('sessions', '')`;
/** The advisory lock that makes counting and opening sessions atomic. */
const opening = 7_305_401;

export const sessionStore: SessionStore = {
  open: (pool, { id, client, user, thread, key, most, lock }) =>
    transaction(pool, async (db) => {
      await db.query(`SET LOCAL lock_timeout = ${lock}`);
      await db.query('SELECT pg_advisory_xact_lock($1)', [opening]);
      const existing = await db.query<StoredSession>(
        `
      UPDATE sessions SET last_activity = platform_now() WHERE client_id = $1 AND user_id = $2 AND status IN ('initializing', 'active') RETURNING ${columns}`,
        [client, user],
      );
      if (existing.rows.length > 0) return existing.rows[0];
      const { rows } = await db.query<StoredSession>(
        `
      INSERT INTO sessions (id, client_id, user_id, thread_id, key, status, created_at, last_activity, waits_since)
      SELECT $1, $2, $3, $4, $5, 'initializing', platform_now(), platform_now(), clock_timestamp()
      WHERE (SELECT count(*) FROM sessions WHERE status IN ('initializing', 'active')) < $6 RETURNING ${columns}`,
        [id, client, user, thread, key, most],
      );
      await db.query(tell);
      return rows[0];
    }),

  async find(db, id) {
    const { rows } = await db.query<StoredSession>(`SELECT ${columns} FROM sessions WHERE id = $1`, [id]);
    return rows[0];
  },

  async ofClient(db, client) {
    const { rows } = await db.query<StoredSession>(
      `SELECT ${columns} FROM sessions WHERE client_id = $1 AND status <> 'expired' ORDER BY created_at, id`,
      [client],
    );
    return rows;
  },

  async unfinished(db) {
    const { rows } = await db.query<StoredSession>(
      `SELECT ${columns} FROM sessions WHERE status <> 'expired' ORDER BY created_at, id`,
    );
    return rows;
  },

  async assign(db, id, task, address) {
    const { rowCount } = await db.query(
      `UPDATE sessions SET task_arn = $2, address = $3 WHERE id = $1 AND task_arn IS NULL AND status = 'initializing'
      AND NOT EXISTS (SELECT FROM sessions WHERE task_arn = $2 AND status <> 'expired')`,
      [id, task, address],
    );
    return rowCount === 1;
  },

  async unassign(db, id, task) {
    await db.query(
      `UPDATE sessions SET task_arn = NULL, address = NULL, status = 'initializing',
      waits_since = CASE WHEN status = 'active' THEN clock_timestamp() ELSE waits_since END WHERE id = $1 AND task_arn = $2 AND status IN ('initializing', 'active')`,
      [id, task],
    );
  },

  activate: (db, id, task) =>
    change(
      db,
      `UPDATE sessions SET status = 'active', last_activity = platform_now() WHERE id = $1 AND task_arn = $2 AND status = 'initializing'`,
      [id, task],
    ),

  async touch(db, id) {
    const { rows } = await db.query<StoredSession>(
      `
      WITH touched AS (
        UPDATE sessions SET last_activity = platform_now() WHERE id = $1 AND status = 'active' AND last_activity < platform_now() - interval '1 second' RETURNING ${columns}
      ) SELECT * FROM touched UNION ALL SELECT ${columns} FROM sessions WHERE id = $1 AND NOT EXISTS (SELECT FROM touched)`,
      [id],
    );
    return rows[0];
  },

  async drainIdle(db, idle) {
    await change(
      db,
      `
      UPDATE sessions s SET status = 'draining', reason = 'idle' WHERE status = 'active'
      AND last_activity < platform_now() - make_interval(secs => coalesce((SELECT idle_ms FROM clients WHERE id = s.client_id), $1) / 1000.0)`,
      [idle],
    );
  },

  async drainLate(db, patience) {
    await change(
      db,
      `
      UPDATE sessions SET status = 'draining', reason = 'no workspace in time' WHERE status = 'initializing' AND waits_since < clock_timestamp() - make_interval(secs => $1 / 1000.0)`,
      [patience],
    );
  },

  drain: (db, id, reason) =>
    change(
      db,
      `UPDATE sessions SET status = 'draining', reason = $2 WHERE id = $1 AND status IN ('initializing', 'active')`,
      [id, reason],
    ),

  async expire(db, id, reason) {
    await change(
      db,
      `UPDATE sessions SET status = 'expired', reason = coalesce(reason, $2), ended_at = platform_now() WHERE id = $1 AND status <> 'expired'`,
      [id, reason],
    );
  },
};

/** Changes sessions, and notifies listeners if anything has changed. */
async function change(db: Queryable, update: string, values: readonly unknown[]): Promise<boolean> {
  const { rowCount } = await db.query(
    `WITH changed AS (${update} RETURNING 1) SELECT pg_notify('sessions', '') FROM changed`,
    [...values],
  );
  return (rowCount ?? 0) > 0;
}
