import type { Queryable } from './database.ts';

export const eventTypes = ['experiment.state_changed', 'progress.update', 'metrics.update', 'alert.triggered'] as const;
export type EventType = (typeof eventTypes)[number];

export interface NewEvent {
  readonly experimentId: string;
  readonly type: EventType;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An event as it was committed. Numbers count from 1 within a tenant, without gaps, in the order of the commits. */
export interface RecordedEvent extends NewEvent {
  readonly tenant: string;
  readonly number: number;
  readonly at: Date;
}

/** The log of what has happened to a tenant's experiments. */
export interface EventLog {
  /** Appends in the caller's transaction, and tells who listens when it commits. */
  append(client: Queryable, tenant: string, events: readonly NewEvent[]): Promise<void>;
  /** The next events after a number, in order. */
  read(db: Queryable, tenant: string, after: number, limit: number): Promise<RecordedEvent[]>;
  /** The number of the last event; 0 when there is none. */
  last(db: Queryable, tenant: string): Promise<number>;
}

export const eventLog: EventLog = {
  async append(client, tenant, events) {
    await client.query(`
      WITH counted AS (
        INSERT INTO tenants AS t (id, last_event) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET last_event = t.last_event + $2 RETURNING last_event
      ), logged AS (
        INSERT INTO events (tenant_id, number, experiment_id, type, occurred_at, data)
        SELECT $1, last_event - $2 + place, (event->>'experimentId')::uuid, event->>'type', clock_timestamp(), event->'data'
        FROM counted, jsonb_array_elements($3::jsonb) WITH ORDINALITY AS new (event, place)
      )
      SELECT pg_notify('events', $1)`, [tenant, events.length, JSON.stringify(events)]);
  },

  async read(db, tenant, after, limit) {
    const { rows } = await db.query<{ number: string; experiment_id: string; type: EventType; occurred_at: Date; data: Record<string, unknown> }>(
      'SELECT number, experiment_id, type, occurred_at, data FROM events WHERE tenant_id = $1 AND number > $2 ORDER BY number LIMIT $3', [tenant, after, limit]);
    return rows.map(({ number, experiment_id: experimentId, type, occurred_at: at, data }) => ({ tenant, number: Number(number), experimentId, type, at, data }));
  },

  async last(db, tenant) {
    const { rows } = await db.query<{ last_event: string }>('SELECT last_event FROM tenants WHERE id = $1', [tenant]);
    return Number(rows[0]?.last_event ?? 0);
  },
};
