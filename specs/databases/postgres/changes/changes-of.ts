/**
 * Changes of definitions, as data: what is changed, and the SQL. `{}` is a schema of each change's own, which holds
 * what is `given`, and the name of objects that have no schema. `{db}` is the database, `{owner}` the role of the
 * tests. What a difference says of a change has `{}` in it.
 */
export interface ChangesOf {
  readonly given: string;
  readonly changes: Readonly<Record<string, string>>;
  /** The first version that has all of it, for example 150000. */
  readonly since?: number;
}
