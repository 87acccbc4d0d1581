import type { TestRole } from './connection.ts';

/** Who may touch what. */
export interface RolePolicy {
  /** What a tenant is granted, as statements without the user at the end. */
  grants(database: string): readonly string[];
  /** Which tenant a worker is. */
  choose(tenants: readonly TestRole[], slot: number): TestRole;
}

/** Engines that keep their rows in the database, or pass on those of a table that its user may read and write. */
const engines = [
  '',
  'Replacing',
  'Summing',
  'Aggregating',
  'Collapsing',
  'VersionedCollapsing',
  'Coalescing',
  'Graphite',
]
  .map((kind) => `${kind}MergeTree`)
  .concat(
    'Memory',
    'Log',
    'TinyLog',
    'StripeLog',
    'Set',
    'Join',
    'Buffer',
    'Null',
    'Merge',
    'Dictionary',
    'View',
    'MaterializedView',
    'GenerateRandom',
    'Atomic',
  );

export const tenancy: RolePolicy = {
  grants: (database) => [
    `GRANT ALL ON ${database}.*`,
    ...engines.map((engine) => `GRANT TABLE ENGINE ON ${engine}`),
    'GRANT CREATE TEMPORARY TABLE ON *.*',
    'GRANT SELECT ON system.numbers',
  ],

  choose(tenants, slot) {
    const tenant = tenants[slot];
    if (tenant === undefined)
      throw new Error(`There is no ClickHouse user for worker ${slot}: the run was started for ${tenants.length}.`);
    return tenant;
  },
};
