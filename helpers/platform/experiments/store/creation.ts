import type { Config, CreateExperiment, Load } from '../contract.ts';
import type { Queryable } from '../../kernel/store/database.ts';

export interface NewExperiment extends CreateExperiment {
  readonly id: string;
  readonly tenant: string;
  readonly description: string;
  readonly config: Config;
  readonly load: Load;
  readonly createdAt: string;
  /** The nodes that it occupies. */
  readonly claims: readonly string[];
}

export interface Creation {
  /** The group that it is written with and waits for. */
  groupOf(experiment: NewExperiment): string;
  /**
   * Writes a batch in one transaction, each experiment with its claims and its first event. Returns the busy nodes of
   * each; an experiment with busy nodes is not written.
   */
  write(db: Queryable, batch: readonly NewExperiment[]): Promise<string[][]>;
}

export const creation: Creation = {
  groupOf: ({ tenant }) => tenant,

  async write(db, batch) {
    const input = batch.map((experiment, place) => ({ ...experiment, place }));
    const { rows } = await db.query<{ place: number; nodes: string[] }>(statement, [JSON.stringify(input)]);
    const busy = new Map(rows.map(({ place, nodes }) => [place, nodes]));
    return batch.map((_, place) => busy.get(place) ?? []);
  },
};

// One statement, so one round trip and one commit, however many experiments arrive at the same time.
const statement = `
  WITH input AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS x (
      place integer, id uuid, tenant text, name text, description text, baseline_pipeline text, candidate_pipeline text,
      target_nodes text[], config jsonb, load jsonb, "createdAt" timestamptz, claims text[])
  ), busy AS (
    SELECT place, array_agg(c.node ORDER BY c.node) AS nodes
    FROM input i, unnest(i.claims) AS wanted, LATERAL (SELECT node FROM node_claims WHERE tenant_id = i.tenant AND node = wanted LIMIT 1) c -- by its key
    GROUP BY place
  ), free AS (
    SELECT *, row_number() OVER (PARTITION BY tenant ORDER BY place) AS turn FROM input WHERE place NOT IN (SELECT place FROM busy)
  ), counted AS (
    INSERT INTO tenants AS t (id, last_event) SELECT tenant, count(*) FROM free GROUP BY tenant ORDER BY tenant
    ON CONFLICT (id) DO UPDATE SET last_event = t.last_event + excluded.last_event
    RETURNING id, last_event
  ), totals AS (
    SELECT tenant, count(*) AS total FROM free GROUP BY tenant
  ), made AS (
    INSERT INTO experiments (id, tenant_id, name, description, baseline_pipeline, candidate_pipeline, target_nodes, config, load, state, created_at, updated_at)
    SELECT id, tenant, name, description, baseline_pipeline, candidate_pipeline, target_nodes, config, load, 'pending', "createdAt", "createdAt" FROM free
  ), claimed AS (
    INSERT INTO node_claims (tenant_id, node, experiment_id) SELECT tenant, unnest(claims), id FROM free
  ), logged AS (
    INSERT INTO events (tenant_id, number, experiment_id, type, occurred_at, data)
    SELECT f.tenant, c.last_event - t.total + f.turn, f.id, 'experiment.state_changed', clock_timestamp(),
      jsonb_build_object('previous_state', NULL, 'current_state', 'pending', 'reason', 'created', 'metadata', jsonb_build_object('name', f.name, 'description', f.description))
    FROM free f JOIN counted c ON c.id = f.tenant JOIN totals t ON t.tenant = f.tenant
  ), told AS (
    SELECT count(pg_notify('events', id)) FROM counted
  )
  SELECT place, nodes FROM busy, told`;
