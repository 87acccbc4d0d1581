import type {
  ChangeDeployment,
  CreateDeployment,
  ListQuery,
  OperationError,
  Status,
  WantedResource,
} from '../contract.ts';
import type { Queryable } from '../../kernel/store/database.ts';

export type Environment = Readonly<Record<string, string>>;
export type ProviderConfig = Readonly<Record<string, unknown>>;

export interface StoredDeployment {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  readonly provider: string;
  readonly config: ProviderConfig;
  readonly environment: Environment;
  readonly wanted: readonly WantedResource[];
  readonly status: Status;
  readonly error: OperationError | null;
  /** Counts changes of configuration and environment. */
  readonly settings: number;
  /** Counts changes of what is wanted. */
  readonly revision: number;
  /** Counts changes of the state. */
  readonly serial: number;
  readonly launches: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** What a deployment is, apart from what changes. */
export type DeploymentIdentity = Pick<StoredDeployment, 'id' | 'tenant' | 'name' | 'provider'>;

export interface DeploymentPage {
  readonly deployments: readonly StoredDeployment[];
  readonly total: number;
}

/** Reads and writes what is wanted of deployments. */
export interface DeploymentStore {
  create(db: Queryable, id: string, tenant: string, wanted: CreateDeployment): Promise<StoredDeployment>;
  /** Undefined when there is none. */
  find(db: Queryable, id: string): Promise<StoredDeployment | undefined>;
  list(db: Queryable, tenant: string, query: ListQuery): Promise<DeploymentPage>;
  /** What is undefined stays as it is. Undefined when the deployment is being destroyed, or was. */
  change(db: Queryable, id: string, change: ChangeDeployment): Promise<StoredDeployment | undefined>;
  /** Counts a launch of its provider. Returns false when the deployment is destroyed, and needs none. */
  launched(db: Queryable, id: string): Promise<boolean>;
  /** The ids of those whose folders may be needed. */
  undestroyed(db: Queryable): Promise<DeploymentIdentity[]>;
}

const columns = `id, tenant_id AS tenant, name, provider, config, environment, wanted, status, error,
  settings, revision, serial, launches, created_at, updated_at`;

export const deploymentStore: DeploymentStore = {
  async create(db, id, tenant, { name, provider, config = {}, environment = {}, resources = [] }) {
    const { rows } = await db.query<StoredDeployment>(
      `INSERT INTO deployments (id, tenant_id, name, provider, config, environment, wanted)
      VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${columns}`,
      [id, tenant, name, provider, ...[config, environment, resources].map((value) => JSON.stringify(value))],
    );
    return rows[0]!;
  },

  async find(db, id) {
    const { rows } = await db.query<StoredDeployment>(`SELECT ${columns} FROM deployments WHERE id = $1`, [id]);
    return rows[0];
  },

  async list(db, tenant, { status, page = 1, perPage = 20 }) {
    const { rows } = await db.query<StoredDeployment & { total: number }>(
      `SELECT ${columns}, count(*) OVER ()::integer AS total FROM deployments
      WHERE tenant_id = $1 AND ($2::text[] IS NULL OR status = ANY ($2))
      ORDER BY created_at DESC, id LIMIT $3 OFFSET $4`,
      [tenant, status ?? null, perPage, (page - 1) * perPage],
    );
    if (rows.length > 0 || page === 1) return { deployments: rows, total: rows[0]?.total ?? 0 };
    const { total } = await this.list(db, tenant, { ...(status === undefined ? {} : { status }), perPage: 1 });
    return { deployments: [], total };
  },

  async change(db, id, { config, environment, resources }) {
    const { rows } = await db.query<StoredDeployment>(
      `UPDATE deployments SET config = coalesce($2::json, config), environment = coalesce($3::json, environment),
        wanted = coalesce($4::json, wanted), revision = revision + 1, updated_at = clock_timestamp(),
        settings = settings + CASE WHEN $2::json IS NULL AND $3::json IS NULL THEN 0 ELSE 1 END
      WHERE id = $1 AND status NOT IN ('destroying', 'destroyed') RETURNING ${columns}`,
      [id, ...[config, environment, resources].map((value) => (value === undefined ? null : JSON.stringify(value)))],
    );
    return rows[0];
  },

  async launched(db, id) {
    const { rowCount } = await db.query(
      `UPDATE deployments SET launches = launches + 1 WHERE id = $1 AND status <> 'destroyed'`,
      [id],
    );
    return rowCount === 1;
  },

  async undestroyed(db) {
    const { rows } = await db.query<DeploymentIdentity>(
      `SELECT id, tenant_id AS tenant, name, provider FROM deployments WHERE status <> 'destroyed'`,
    );
    return rows;
  },
};
