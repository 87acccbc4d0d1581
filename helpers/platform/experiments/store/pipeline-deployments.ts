import type { Load } from '../contract.ts';
import type { Variant } from '../variants.ts';
import { finalStates, type State } from '../states.ts';
import type { Queryable } from '../../kernel/store/database.ts';

/** A pipeline of an experiment: its wanted and its running configuration. */
export interface StoredDeployment {
  readonly experiment: string;
  readonly variant: Variant;
  readonly configuration: string;
  readonly version: number;
  readonly wanted_processors: readonly unknown[] | null;
  readonly applied_version: number;
  readonly complaint: string | null;
  readonly agent: string | null;
  readonly ticks_written: number;
  readonly deployed_at: Date;
}

const columns =
  'experiment_id AS experiment, variant, configuration, version, wanted_processors, applied_version, complaint, agent, ticks_written, deployed_at';

export async function findDeployments(db: Queryable, experiment: string): Promise<StoredDeployment[]> {
  const { rows } = await db.query<StoredDeployment>(
    `SELECT ${columns} FROM deployments WHERE experiment_id = $1 ORDER BY variant`,
    [experiment],
  );
  return rows;
}

/** Deploys both pipelines; a repeated deployment changes nothing. */
export async function deploy(
  db: Queryable,
  experiment: string,
  configurations: Readonly<Record<Variant, string>>,
  at: Date,
): Promise<void> {
  await db.query(
    `
    WITH new AS (
      INSERT INTO deployments (experiment_id, variant, configuration, deployed_at)
      VALUES ($1, 'baseline', $2, $4), ($1, 'candidate', $3, $4) ON CONFLICT DO NOTHING
    ) SELECT pg_notify('deployments', '')`,
    [experiment, configurations.baseline, configurations.candidate, at],
  );
}

/**
 * Records a user's change of a pipeline; returns the version that it will have. Undefined without such a pipeline, or
 * when the experiment has ended.
 */
export async function wantProcessors(
  db: Queryable,
  experiment: string,
  variant: Variant,
  processors: readonly unknown[],
): Promise<number | undefined> {
  const { rows } = await db.query<{ version: number }>(
    `
    WITH going AS (
      SELECT id FROM experiments WHERE id = $1 AND state <> ALL ($4) FOR SHARE -- so that it does not end meanwhile
    )
    UPDATE deployments SET wanted_processors = $3 FROM going WHERE experiment_id = going.id AND variant = $2
    RETURNING version + 1 AS version, pg_notify('applied', '')`,
    [experiment, variant, JSON.stringify(processors), finalStates],
  );
  return rows[0]?.version;
}

/** Gives a running pipeline a new configuration, unless the user has changed it again meanwhile. */
export async function reconfigure(
  db: Queryable,
  { experiment, variant, wanted_processors: wanted }: StoredDeployment,
  configuration: string,
): Promise<void> {
  await db.query(
    `
    WITH changed AS (
      UPDATE deployments SET configuration = $3, version = version + 1, wanted_processors = NULL
      WHERE experiment_id = $1 AND variant = $2 AND wanted_processors = $4
    ) SELECT pg_notify('deployments', '')`,
    [experiment, variant, configuration, JSON.stringify(wanted)],
  );
}

/** A deployment as its agent sees it, with the necessary data of the experiment. */
export interface AssignedDeployment extends StoredDeployment {
  readonly tenant: string;
  readonly state: State;
  readonly started_at: Date | null;
  readonly paused_at: Date | null;
  readonly pauses: readonly Date[];
  readonly target_nodes: readonly string[];
  readonly load: Load;
  readonly duration: string;
  readonly percentage: number;
  readonly isNew: boolean;
}

export interface Agent {
  readonly name: string;
  readonly place: number;
  readonly colleagues: number;
}

/** Which agent runs which deployments. */
export interface Leases {
  /**
   * Renews an agent's leases, and takes deployments without an agent or whose agent has been silent for too long;
   * returns all its deployments, those of ended experiments left out. A new deployment is first left to the agent whose
   * turn it is.
   */
  renew(db: Queryable, agent: Agent, seconds: number): Promise<AssignedDeployment[]>;
}

export const leases: Leases = { renew };

async function renew(
  db: Queryable,
  { name, place, colleagues }: Agent,
  seconds: number,
): Promise<AssignedDeployment[]> {
  const { rows } = await db.query<AssignedDeployment>(
    `
    WITH mine AS (
      SELECT d.experiment_id, d.variant, d.agent IS DISTINCT FROM $1 AS is_new FROM deployments d JOIN experiments e ON e.id = d.experiment_id
      WHERE e.state IN ('initializing', 'running', 'analyzing') AND (d.agent = $1 OR d.lease_until < clock_timestamp()
        OR d.agent IS NULL AND (abs(hashtext(d.experiment_id || d.variant)) % $4 = $3 OR d.deployed_at < clock_timestamp() - interval '1 second'))
      FOR UPDATE OF d SKIP LOCKED
    )
    UPDATE deployments d SET agent = $1, lease_until = clock_timestamp() + make_interval(secs => $2)
    FROM mine m JOIN experiments e ON e.id = m.experiment_id
    WHERE d.experiment_id = m.experiment_id AND d.variant = m.variant
    RETURNING d.experiment_id AS experiment, d.variant, d.configuration, d.version, d.wanted_processors, d.applied_version, d.complaint, d.agent, d.ticks_written, d.deployed_at,
      e.tenant_id AS tenant, e.state, e.started_at, e.paused_at, e.pauses, e.target_nodes, e.load, e.config->>'duration' AS duration,
      coalesce((e.config->'traffic_split'->>(d.variant || '_percentage'))::integer, 50) AS percentage, m.is_new AS "isNew"`,
    [name, seconds, place, colleagues],
  );
  return rows;
}

/**
 * Records an agent's report: what it runs, or why it does not. Only for its own deployments, since a lease may have
 * moved to another agent.
 */
export async function reportApplied(
  db: Queryable,
  agent: string,
  { experiment, variant, version }: StoredDeployment,
  complaint: string | null,
): Promise<void> {
  await db.query(
    `
    WITH changed AS (
      UPDATE deployments SET applied_version = CASE WHEN $5::text IS NULL THEN $4 ELSE applied_version END, complaint = $5
      WHERE experiment_id = $1 AND variant = $2 AND agent = $3 AND version = $4
    ) SELECT pg_notify('applied', '')`,
    [experiment, variant, agent, version, complaint],
  );
}

export interface WriteProgress {
  readonly experiment: string;
  readonly variant: Variant;
  readonly ticks: number;
}

/**
 * Records an agent's report: up to where series are written, whichever agent has the lease now. Returns deployments
 * that no longer exist. Waits for running removals, so that no report is lost with its deployment.
 */
export async function reportWritten<One extends WriteProgress>(db: Queryable, written: readonly One[]): Promise<One[]> {
  const { rows } = await db.query<Pick<WriteProgress, 'experiment' | 'variant'>>(
    `
    UPDATE deployments d SET ticks_written = greatest(ticks_written, w.ticks)
    FROM jsonb_to_recordset($1::jsonb) AS w (experiment uuid, variant text, ticks integer)
    WHERE d.experiment_id = w.experiment AND d.variant = w.variant
    RETURNING d.experiment_id AS experiment, d.variant`,
    [JSON.stringify(written)],
  );
  const there = new Set(rows.map(keyOf));
  return written.filter((one) => !there.has(keyOf(one)));
}

/** The unique key of a deployment. */
export function keyOf({ experiment, variant }: Pick<StoredDeployment, 'experiment' | 'variant'>): string {
  return `${experiment}/${variant}`;
}
