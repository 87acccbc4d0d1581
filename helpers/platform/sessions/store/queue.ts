import type { Queryable } from '../../kernel/store/database.ts';
import type { AnsweredMail, OutboundMail } from '../mail/reply.ts';

/** A user's instruction for a workspace. */
export interface Instruction {
  readonly clientId: string;
  readonly userId: string;
  readonly threadId: string | undefined;
  readonly text: string;
  /** The only session that may execute it, when it came by the API; undefined for the user's current or a new one. */
  readonly sessionId: string | undefined;
  /** The mail that it came by, to be answered; undefined when it came by the API. */
  readonly mail: AnsweredMail | undefined;
}

export interface QueuedInstruction {
  readonly id: string;
  readonly body: Instruction;
  readonly sent_at: Date;
  /** How often it was received, including this time. */
  readonly receives: number;
  /** The reply to its sender, once the outcome is known. */
  readonly reply: OutboundMail | null;
  /** Why it is to be dead-lettered after the reply. */
  readonly complaint: string | null;
}

/** Pending instructions: each is received again until it is finished. */
export interface Queue {
  /** Sending the same id again has no effect. */
  send(db: Queryable, id: string, body: Instruction): Promise<void>;
  /**
   * Receives available messages, oldest first, and hides them for `visibility` milliseconds. A message that waits for
   * its retry delays the same user's later ones, unless it is one of those that are `atWork`.
   */
  receive(db: Queryable, visibility: number, atWork: readonly string[]): Promise<QueuedInstruction[]>;
  /** Extends the visibility of messages in work. */
  extend(db: Queryable, ids: readonly string[], visibility: number): Promise<void>;
  /** Stores an outcome: from now on only the reply has to be sent. */
  settle(db: Queryable, id: string, reply: OutboundMail, complaint: string | null): Promise<void>;
  finish(db: Queryable, id: string): Promise<void>;
  /** Dead-letters a message for inspection. */
  giveUp(db: Queryable, id: string, complaint: string): Promise<void>;
}

export const queue: Queue = {
  async send(db, id, body) {
    await db.query(
      `WITH sent AS (INSERT INTO messages (id, body) VALUES ($1, $2) ON CONFLICT DO NOTHING) SELECT pg_notify('messages', '')`,
      [id, JSON.stringify(body)],
    );
  },

  async receive(db, visibility, atWork) {
    const { rows } = await db.query<QueuedInstruction & { place: string }>(
      `
      WITH next AS (
        SELECT id FROM messages m WHERE dead_at IS NULL AND visible_at <= clock_timestamp() AND NOT EXISTS (
          SELECT FROM messages o WHERE o.place < m.place AND o.dead_at IS NULL AND o.reply IS NULL AND o.visible_at > clock_timestamp() AND o.id <> ALL ($2)
          AND (o.body ->> 'clientId', o.body ->> 'userId') = (m.body ->> 'clientId', m.body ->> 'userId')
        ) ORDER BY place LIMIT 10 FOR UPDATE SKIP LOCKED
      )
      UPDATE messages m SET visible_at = clock_timestamp() + make_interval(secs => $1 / 1000.0), receives = receives + 1
      FROM next WHERE m.id = next.id RETURNING m.id, m.body, m.sent_at, m.receives, m.reply, m.complaint, m.place`,
      [visibility, atWork],
    );
    return rows.toSorted((one, other) => Number(one.place) - Number(other.place));
  },

  async extend(db, ids, visibility) {
    await db.query(
      'UPDATE messages SET visible_at = clock_timestamp() + make_interval(secs => $2 / 1000.0) WHERE id = ANY ($1)',
      [ids, visibility],
    );
  },

  async settle(db, id, reply, complaint) {
    await db.query('UPDATE messages SET reply = $2, complaint = $3 WHERE id = $1', [
      id,
      JSON.stringify(reply),
      complaint,
    ]);
  },

  async finish(db, id) {
    await db.query('DELETE FROM messages WHERE id = $1', [id]);
  },

  async giveUp(db, id, complaint) {
    await db.query('UPDATE messages SET dead_at = clock_timestamp(), complaint = $2 WHERE id = $1', [id, complaint]);
  },
};
