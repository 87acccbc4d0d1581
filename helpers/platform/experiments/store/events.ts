import type { Queryable } from '../../kernel/store/database.ts';

export const eventTypes = ['experiment.state_changed', 'progress.update', 'metrics.update', 'alert.triggered'] as const;
export type EventType = (typeof eventTypes)[number];

export interface NewEvent {
  readonly experimentId: string;
  readonly type: EventType;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A committed event. Numbers count from 1 within a tenant, without gaps, in the order of the commits. */
export interface RecordedEvent extends NewEvent {
  readonly tenant: string;
  readonly number: number;
  readonly at: Date;
}

/** Reads the log of a tenant's experiments, which every change of an experiment writes to. */
export interface EventLog {
  /** The next events after a number, in order. */
  read(db: Queryable, tenant: string, after: number, limit: number): Promise<RecordedEvent[]>;
  /** The number of the last event; 0 when there is none. */
  last(db: Queryable, tenant: string): Promise<number>;
}

export const eventLog: EventLog = {
  async read(db, tenant, after, limit) {
    const { rows } = await db.query<{
      number: string;
      experiment_id: string;
      type: EventType;
      occurred_at: Date;
      data: Record<string, unknown>;
    }>(
      'SELECT number, experiment_id, type, occurred_at, data FROM events WHERE tenant_id = $1 AND number > $2 ORDER BY number LIMIT $3',
      [tenant, after, limit],
    );
    return rows.map(({ number, experiment_id: experimentId, type, occurred_at: at, data }) => ({
      tenant,
      number: Number(number),
      experimentId,
      type,
      at,
      data,
    }));
  },

  async last(db, tenant) {
    const { rows } = await db.query<{ last_event: string }>('SELECT last_event FROM tenants WHERE id = $1', [tenant]);
    return Number(rows[0]?.last_event ?? 0);
  },
};
