import type { Config, Load, ListQuery, Results } from '../contract.ts';
import { parseDuration } from '../duration.ts';
import type { State } from '../states.ts';
import type { Queryable } from '../../kernel/store/database.ts';

export interface StoredExperiment {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  readonly description: string;
  readonly baseline_pipeline: string;
  readonly candidate_pipeline: string;
  readonly target_nodes: readonly string[];
  readonly config: Config;
  readonly load: Load;
  readonly state: State;
  readonly results: Results | null;
  readonly progress: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly state_since: Date;
  readonly started_at: Date | null;
  readonly completed_at: Date | null;
  readonly paused_at: Date | null;
  /** Finished pauses, each by its beginning and its end. */
  readonly pauses: readonly Date[];
}

export interface Page {
  readonly experiments: readonly StoredExperiment[];
  readonly total: number;
}

export interface ExperimentReader {
  /** Finds an experiment of any tenant; `lock` locks it until the end of the transaction. */
  find(db: Queryable, id: string, options?: { readonly lock: boolean }): Promise<StoredExperiment | undefined>;
  list(db: Queryable, tenant: string, query: ListQuery): Promise<Page>;
}

const columns = `id, tenant_id AS tenant, name, description, baseline_pipeline, candidate_pipeline, target_nodes, config, load, state, results, progress,
  created_at, updated_at, state_since, started_at, completed_at, paused_at, pauses`;

export const experimentReader: ExperimentReader = {
  async find(db, id, { lock } = { lock: false }) {
    const { rows } = await db.query<StoredExperiment>(
      `SELECT ${columns} FROM experiments WHERE id = $1 ${lock ? 'FOR UPDATE' : ''}`,
      [id],
    );
    return rows[0];
  },

  async list(
    db,
    tenant,
    { state, created_after: after, created_before: before, page = 1, per_page: size = 20, sort = '-created_at' },
  ) {
    const filter = `tenant_id = $1 AND ($2::text[] IS NULL OR state = ANY ($2)) AND ($3::timestamptz IS NULL OR created_at > $3) AND ($4::timestamptz IS NULL OR created_at < $4)`;
    const values = [tenant, state ?? null, after ?? null, before ?? null];
    // Safe: the contract allows only listed values.
    const order = `${sort.replace('-', '')} ${sort.startsWith('-') ? 'DESC' : 'ASC'}`;
    const { rows } = await db.query<StoredExperiment>(
      `SELECT ${columns} FROM experiments WHERE ${filter} ORDER BY ${order}, id LIMIT $5 OFFSET $6`,
      [...values, size, (page - 1) * size],
    );
    const count = await db.query<{ total: number }>(
      `SELECT count(*)::integer AS total FROM experiments WHERE ${filter}`,
      values,
    );
    return { experiments: rows, total: count.rows[0]!.total };
  },
};

/** Experiments that the controller has to handle. */
export async function findUnfinished(db: Queryable): Promise<StoredExperiment[]> {
  const { rows } = await db.query<StoredExperiment>(
    `SELECT ${columns} FROM experiments WHERE state IN ('initializing', 'running', 'analyzing') ORDER BY updated_at`,
  );
  return rows;
}

/** When an experiment began, and its pauses. */
type RunTimes = Pick<StoredExperiment, 'started_at' | 'paused_at' | 'pauses'>;

/** Milliseconds that an experiment has run by a time, without pauses. */
export function elapsed({ started_at: started, paused_at: paused, pauses }: RunTimes, at: Date): number {
  if (started === null) return 0;
  const until = Math.min(at.getTime(), (paused ?? at).getTime());
  const stood = eachOf(pauses).reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, until) - from), 0);
  return Math.max(0, until - started.getTime() - stood);
}

/** The same for an experiment that may have ended, at most its duration. */
export function ran({ completed_at: over, config, ...course }: StoredExperiment, at: Date): number {
  return Math.min(elapsed(course, over !== null && over < at ? over : at), parseDuration(config.duration)!);
}

/** The time at which a started experiment had run for this many milliseconds. */
export function momentAfter({ started_at: started, pauses }: RunTimes, milliseconds: number): Date {
  return new Date(
    eachOf(pauses).reduce(
      (moment, { from, to }) => (from < moment ? moment + to - from : moment),
      started!.getTime() + milliseconds,
    ),
  );
}

function eachOf(pauses: RunTimes['pauses']): { readonly from: number; readonly to: number }[] {
  return pauses.flatMap((from, index) =>
    index % 2 === 0 ? [{ from: from.getTime(), to: pauses[index + 1]!.getTime() }] : [],
  );
}
