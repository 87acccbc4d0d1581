import type { Import, OperationError, OperationKind, OperationStatus, Status } from '../contract.ts';
import type { Queryable } from '../../kernel/store/database.ts';

export interface StoredOperation {
  readonly deployment: string;
  readonly number: number;
  readonly kind: OperationKind;
  readonly status: OperationStatus;
  /** The id of the plan that it applies, or has made. */
  readonly plan: string | null;
  /** Whether it has made the plan itself. */
  readonly ownPlan: boolean;
  readonly import: Import | null;
  readonly attempts: number;
  /** Of the manager that runs it, or did. */
  readonly generation: number | null;
  readonly error: OperationError | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
}

/** Names an operation that a manager runs: only it may write what the operation does. */
export type Fence = Pick<StoredOperation, 'deployment' | 'number' | 'generation'>;

export interface NewOperation {
  readonly deployment: string;
  readonly kind: OperationKind;
  /** One operation at a time runs of those with the same lock. */
  readonly lock: string;
  readonly plan?: string | undefined;
  readonly import?: Import;
  /** The deployment's status until the operation has ended; undefined for one that leaves it as it is. */
  readonly status: Status | undefined;
}

/** The operations of all deployments, each in its turn. */
export interface OperationQueue {
  /** Makes another manager's writes fail from now on, and queues again what it was running. Returns the generation. */
  takeOver(db: Queryable): Promise<number>;
  /** Undefined when the deployment is being destroyed, or was. */
  add(db: Queryable, operation: NewOperation): Promise<StoredOperation | undefined>;
  /** Begins the next operation of every lock that is free. Returns what was begun. */
  take(db: Queryable, generation: number): Promise<StoredOperation[]>;
  /** Records the plan that it has made. */
  planned(db: Queryable, fence: Fence, plan: string): Promise<void>;
  /** Ends it; the deployment gets the status, unless a later operation decides that. */
  end(db: Queryable, fence: Fence, error: OperationError | undefined, status: Status | undefined): Promise<void>;
  list(db: Queryable, deployment: string): Promise<StoredOperation[]>;
  /** Undefined when there is none. */
  find(db: Queryable, deployment: string, number: number): Promise<StoredOperation | undefined>;
}

/** Another manager has taken over, and this one's writes are refused. */
export class TakenOver extends Error {
  constructor({ deployment, number }: Fence) {
    super(`Operation ${number} of deployment ${deployment} is run by another manager: this one has to end.`);
  }
}

/** The condition under which a manager may write: the operation $1, $2 is running, and of its generation $3. */
export const isFenced = `EXISTS (SELECT FROM operations
  WHERE deployment_id = $1 AND number = $2 AND generation = $3 AND status = 'running')`;

/** The parameters of {@link isFenced}. */
export function fenceParameters({ deployment, number, generation }: Fence): [string, number, number | null] {
  return [deployment, number, generation];
}

const columns =
  'deployment_id AS deployment, number, kind, status, plan, own_plan AS "ownPlan", import, attempts, generation, error, created_at, started_at, ended_at';
const ofOperation = columns.replace('deployment_id', 'o.deployment_id').replace('number', 'o.number');

export const operationQueue: OperationQueue = {
  async takeOver(db) {
    const { rows } = await db.query<{ generation: number }>(
      `INSERT INTO manager AS m (generation) VALUES (1)
      ON CONFLICT (is_only_row) DO UPDATE SET generation = m.generation + 1 RETURNING generation`,
    );
    await db.query(`UPDATE operations SET status = 'queued' WHERE status = 'running'`);
    return rows[0]!.generation;
  },

  async add(db, { deployment, kind, lock, plan = null, import: imported, status }) {
    const { rows } = await db.query<StoredOperation>(
      `WITH own AS (
        UPDATE deployments SET operations = operations + 1, updated_at = clock_timestamp(),
          status = coalesce($5::text, status),
          last_change = CASE WHEN $5::text IS NULL THEN last_change ELSE operations + 1 END
        WHERE id = $1 AND status NOT IN ('destroying', 'destroyed') RETURNING operations
      )
      INSERT INTO operations (deployment_id, number, kind, lock, plan, import)
      SELECT $1, operations, $2, $3, $4::uuid, $6::json FROM own RETURNING ${columns}`,
      [deployment, kind, lock, plan, status ?? null, imported === undefined ? null : JSON.stringify(imported)],
    );
    return rows[0];
  },

  async take(db, generation) {
    const { rows } = await db.query<StoredOperation>(
      `WITH next AS (
        SELECT DISTINCT ON (lock) deployment_id, number FROM operations q
        WHERE status = 'queued' AND NOT EXISTS (SELECT FROM operations r WHERE r.lock = q.lock AND r.status = 'running')
          AND $1 = (SELECT generation FROM manager)
        ORDER BY lock, created_at, number
      )
      UPDATE operations o SET status = 'running', attempts = attempts + 1, generation = $1,
        started_at = coalesce(started_at, clock_timestamp())
      FROM next WHERE o.deployment_id = next.deployment_id AND o.number = next.number RETURNING ${ofOperation}`,
      [generation],
    );
    return rows;
  },

  async planned(db, fence, plan) {
    const { rowCount } = await db.query(
      `UPDATE operations SET plan = $4, own_plan = true WHERE deployment_id = $1 AND number = $2 AND ${isFenced}`,
      [...fenceParameters(fence), plan],
    );
    if (rowCount === 0) throw new TakenOver(fence);
  },

  async end(db, fence, error, status) {
    const { rowCount } = await db.query(
      `WITH ended AS (
        UPDATE operations SET status = $4, error = $5::json, ended_at = clock_timestamp()
        WHERE deployment_id = $1 AND number = $2 AND ${isFenced} RETURNING number
      ), decided AS (
        UPDATE deployments d SET status = $6::text, error = $5::json, updated_at = clock_timestamp()
        FROM ended WHERE d.id = $1 AND d.last_change = ended.number AND $6::text IS NOT NULL
      ) SELECT FROM ended`,
      [
        ...fenceParameters(fence),
        error === undefined ? 'succeeded' : 'failed',
        error === undefined ? null : JSON.stringify(error),
        status ?? null,
      ],
    );
    if (rowCount === 0) throw new TakenOver(fence);
  },

  async list(db, deployment) {
    const { rows } = await db.query<StoredOperation>(
      `SELECT ${columns} FROM operations WHERE deployment_id = $1 ORDER BY number`,
      [deployment],
    );
    return rows;
  },

  async find(db, deployment, number) {
    const { rows } = await db.query<StoredOperation>(
      `SELECT ${columns} FROM operations WHERE deployment_id = $1 AND number = $2`,
      [deployment, number],
    );
    return rows[0];
  },
};
