import type { Planned, State, Values } from '../../../terraform/index.ts';
import type { ResourceStatus } from '../contract.ts';
import type { Queryable } from '../../kernel/store/database.ts';
import { type Fence, fenceParameters, isFenced, TakenOver } from './operation-queue.ts';

export interface StoredResource {
  readonly deployment: string;
  readonly type: string;
  readonly name: string;
  readonly dependsOn: readonly string[];
  readonly status: ResourceStatus;
  readonly tainted: boolean;
  readonly state: State | null;
  /** The values of the state without the sensitive ones. */
  readonly shown: Values | null;
  /** The change that was begun and whose outcome is not known. */
  readonly step: Planned | null;
  /** The number of the operation that has changed it last. */
  readonly operation: number;
  /** How many steps of that operation are settled. */
  readonly steps: number;
}

export type ResourceAddress = Pick<StoredResource, 'type' | 'name'>;

/** What a resource is after a step. */
export interface Outcome {
  readonly status: ResourceStatus;
  readonly state: State | undefined;
  readonly tainted: boolean;
}

/** A state, and its values without the sensitive ones. */
export interface Shown {
  readonly state: State | undefined;
  readonly shown: Values | undefined;
}

export interface Begun extends ResourceAddress {
  readonly dependsOn: readonly string[];
  readonly step: Planned;
  /** How many steps of this operation are settled; -1 for a step that finishes what an earlier one has begun. */
  readonly steps: number;
}

/** What is known of the resources of deployments. Only the manager that runs an operation can write. */
export interface ResourceStore {
  /** In the order of their addresses. */
  of(db: Queryable, deployments: readonly string[]): Promise<StoredResource[]>;
  /** Writes that a resource is in doubt, and with which step; returns when that is durable. */
  begin(db: Queryable, fence: Fence, begun: Begun): Promise<void>;
  /** Writes what a step has made of a resource that is in doubt. */
  settle(db: Queryable, fence: Fence, resource: ResourceAddress, outcome: Outcome & Shown): Promise<void>;
  /** Writes the state of a resource as it was found; absent when it is undefined. */
  found(
    db: Queryable,
    fence: Fence,
    resource: ResourceAddress & Pick<StoredResource, 'dependsOn'>,
    found: Shown,
  ): Promise<void>;
  /** Writes what a resource depends on that an operation leaves as it is; that counts as a settled step. */
  depend(db: Queryable, fence: Fence, resource: ResourceAddress & Pick<StoredResource, 'dependsOn'>): Promise<void>;
}

const columns =
  'deployment_id AS deployment, type, name, depends_on AS "dependsOn", status, tainted, state, shown, step, operation, steps';

/** Counts a change of the state. */
const counted = 'UPDATE deployments SET serial = serial + 1, updated_at = clock_timestamp() FROM changed WHERE id = $1';

export const resourceStore: ResourceStore = {
  async of(db, deployments) {
    const { rows } = await db.query<StoredResource>(
      `SELECT ${columns} FROM resources WHERE deployment_id = ANY ($1) ORDER BY deployment_id, type, name`,
      [deployments],
    );
    return rows;
  },

  begin: (db, fence, { type, name, dependsOn, step, steps }) =>
    write(
      db,
      fence,
      `INSERT INTO resources AS r (deployment_id, operation, type, name, depends_on, status, step, steps)
      SELECT $1, $2, $4, $5, $6::text[], 'in_doubt', $7::json, $8::integer WHERE ${isFenced}
      ON CONFLICT (deployment_id, type, name) DO UPDATE SET
        operation = excluded.operation, depends_on = excluded.depends_on, status = 'in_doubt',
        step = excluded.step, steps = excluded.steps
      RETURNING 1`,
      [type, name, dependsOn, JSON.stringify(step), steps],
    ),

  settle: (db, fence, { type, name }, { status, state, shown, tainted }) =>
    write(
      db,
      fence,
      `UPDATE resources SET operation = $2, status = $6, state = $7::json, shown = $8::json, tainted = $9::boolean,
        step = NULL, steps = steps + 1
      WHERE deployment_id = $1 AND type = $4 AND name = $5 AND ${isFenced} RETURNING 1`,
      [type, name, status, json(state), json(shown), tainted],
    ),

  found: (db, fence, { type, name, dependsOn }, { state, shown }) =>
    write(
      db,
      fence,
      `INSERT INTO resources AS r (deployment_id, operation, type, name, depends_on, status, state, shown)
      SELECT $1, $2, $4, $5, $6::text[], $7, $8::json, $9::json WHERE ${isFenced}
      ON CONFLICT (deployment_id, type, name) DO UPDATE SET
        operation = excluded.operation, depends_on = excluded.depends_on, status = excluded.status,
        state = excluded.state, shown = excluded.shown, tainted = r.tainted AND excluded.status = 'exists', steps = 0
      RETURNING 1`,
      [type, name, dependsOn, state === undefined ? 'absent' : 'exists', json(state), json(shown)],
    ),

  depend: (db, fence, { type, name, dependsOn }) =>
    write(
      db,
      fence,
      `UPDATE resources SET operation = $2, depends_on = $6::text[], steps = 1
      WHERE deployment_id = $1 AND type = $4 AND name = $5 AND ${isFenced} RETURNING 1`,
      [type, name, dependsOn],
    ),
};

async function write(db: Queryable, fence: Fence, change: string, parameters: readonly unknown[]): Promise<void> {
  const { rowCount } = await db.query(`WITH changed AS (${change}) ${counted}`, [
    ...fenceParameters(fence),
    ...parameters,
  ]);
  if (rowCount === 0) throw new TakenOver(fence);
}

function json(value: State | Values | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
