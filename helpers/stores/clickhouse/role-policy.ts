import type { TestRole } from './connection.ts';

/** Which rights each test role has. */
export interface RolePolicy {
  /** The GRANT statements of a test role, without the user at their end. */
  grants(database: string): readonly string[];
  /** The test role of a worker. */
  choose(testRoles: readonly TestRole[], slot: number): TestRole;
}

/** Engines that store rows in the database itself, or forward those of a table that the user may read and write. */
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

export const rolePolicy: RolePolicy = {
  grants: (database) => [
    `GRANT ALL ON ${database}.*`,
    ...engines.map((engine) => `GRANT TABLE ENGINE ON ${engine}`),
    'GRANT CREATE TEMPORARY TABLE ON *.*',
    'GRANT SELECT ON system.numbers',
  ],

  choose(testRoles, slot) {
    const testRole = testRoles[slot];
    if (testRole === undefined)
      throw new Error(`There is no ClickHouse user for worker ${slot}: the run was started for ${testRoles.length}.`);
    return testRole;
  },
};
