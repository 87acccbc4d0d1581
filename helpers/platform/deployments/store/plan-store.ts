import type { Planned, Values } from '../../../terraform/index.ts';
import type { Queryable } from '../../kernel/store/database.ts';
import type { ResourceAddress, StoredResource } from './resource-store.ts';

/** What a plan does to one resource. */
export interface PlannedChange extends ResourceAddress, Pick<StoredResource, 'dependsOn'> {
  readonly planned: Planned;
  /** The values before and after it without the sensitive ones. */
  readonly shown: { readonly before: Values | null; readonly after: Values | null };
}

export interface StoredPlan {
  readonly id: string;
  readonly deployment: string;
  /** Of what was wanted, and of the state, when it was made. */
  readonly revision: number;
  readonly serial: number;
  /** In the order in which they are applied. */
  readonly changes: readonly PlannedChange[];
  readonly created_at: Date;
}

export interface PlanStore {
  create(db: Queryable, plan: Omit<StoredPlan, 'created_at'>): Promise<StoredPlan>;
  /** Undefined when the deployment has no such plan. */
  find(db: Queryable, deployment: string, id: string): Promise<StoredPlan | undefined>;
  /** Whether a plan may still be applied to its deployment. */
  isCurrent(
    plan: Pick<StoredPlan, 'revision' | 'serial'>,
    deployment: Pick<StoredPlan, 'revision' | 'serial'>,
  ): boolean;
}

const columns = 'id, deployment_id AS deployment, revision, serial, changes, created_at';

export const planStore: PlanStore = {
  async create(db, { id, deployment, revision, serial, changes }) {
    const { rows } = await db.query<StoredPlan>(
      `INSERT INTO plans (id, deployment_id, revision, serial, changes) VALUES ($1, $2, $3, $4, $5) RETURNING ${columns}`,
      [id, deployment, revision, serial, JSON.stringify(changes)],
    );
    return rows[0]!;
  },

  async find(db, deployment, id) {
    const { rows } = await db.query<StoredPlan>(`SELECT ${columns} FROM plans WHERE id = $2 AND deployment_id = $1`, [
      deployment,
      id,
    ]);
    return rows[0];
  },

  isCurrent: (plan, { revision, serial }) => plan.revision === revision && plan.serial === serial,
};
