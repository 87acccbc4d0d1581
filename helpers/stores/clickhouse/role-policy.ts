import type { TestRole } from './connection.ts';

/** Which rights each test role has. */
export interface RolePolicy {
  /** The GRANT statements of a test role, without the user at their end. */
  grants(database: string): readonly string[];
  /** The GRANT statements of the user that creates a test role's templates. */
  builderGrants(database: string): readonly string[];
  /** The test role of a worker. */
  choose(testRoles: readonly TestRole[], slot: number): TestRole;
}

/** Engines that store rows in the database itself, or forward those of a table that the user may read and write. */
export const engines: readonly string[] = [
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

/** What a user may do who has every right in these databases, and none elsewhere. */
const rightsIn = (databases: string): string[] => [
  `GRANT ALL ON ${databases}.*`,
  ...engines.map((engine) => `GRANT TABLE ENGINE ON ${engine}`),
  'GRANT CREATE TEMPORARY TABLE ON *.*',
  'GRANT SELECT ON system.numbers',
];

export const rolePolicy: RolePolicy = {
  grants: rightsIn,

  // All of them: a refreshable view runs as the user that has created it, in whatever database its copy is.
  builderGrants: (database) => rightsIn(`${database}*`),

  choose(testRoles, slot) {
    const testRole = testRoles[slot];
    if (testRole === undefined)
      throw new Error(`There is no ClickHouse user for worker ${slot}: the run was started for ${testRoles.length}.`);
    return testRole;
  },
};
