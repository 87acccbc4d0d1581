import { literal } from '../connection.ts';
import type { Maintenance } from '../maintenance.ts';

/** What is taken into the cache, and what leaves it. */
export interface TemplateCaching {
  /** Whether a template took so long to make that later runs should find it. */
  isWorthwhile(milliseconds: number): boolean;
  /** Whether a schema or dataset of code makes the same in every run: it does when it says so by a key. */
  isReproducible(key: string | undefined): boolean;
  /** What tests have left on the server beside databases: a later run must not find it. */
  leftovers(maintenance: Maintenance): Promise<number>;
  /** Whether a template of this age still serves. */
  isFresh(milliseconds: number): boolean;
  /** The oldest templates that have to go so that the others fit. */
  surplus<T extends { readonly bytes: number }>(templates: readonly T[]): readonly T[];
}

/** Milliseconds: looking for a template in the cache would not pay for one that is made faster. */
const worthwhile = 1_000;

/** Milliseconds: schemas and seeds may have written moments, such as `now() - interval '1 day'`, that tests rely on. */
const freshFor = 24 * 3_600_000;

/** Bytes that all cached templates of one version may take. */
const mostBytes = 1024 * 1024 * 1024;

export const templateCaching: TemplateCaching = {
  isWorthwhile: (milliseconds) => milliseconds >= worthwhile,
  isReproducible: (key) => key !== undefined,
  async leftovers(maintenance) {
    const { admin, testRole } = maintenance.server;
    const { rows } = await maintenance.query<{ leftovers: number }>(`
      SELECT ((SELECT count(*) FROM pg_roles
          WHERE rolname !~ '^pg_' AND rolname NOT IN (${literal(admin.user)}, ${literal(testRole.user)}))
        + (SELECT count(*) FROM pg_db_role_setting WHERE setdatabase = 0)
        + (SELECT count(*) FROM pg_auth_members WHERE oid >= 16384)
        + (SELECT count(*) FROM pg_tablespace WHERE oid >= 16384)
        + (SELECT count(*) FROM pg_parameter_acl)
        + (SELECT count(*) FROM pg_file_settings WHERE sourcefile ~ 'postgresql.auto.conf$')
        + (SELECT count(*) FROM pg_database WHERE oid >= 16384 AND datname !~ '^proving_ground_'))::int AS leftovers`);
    return rows[0]!.leftovers;
  },
  isFresh: (milliseconds) => milliseconds < freshFor,
  surplus(templates) {
    let bytes = 0;
    const staying = templates.toReversed().findIndex((template) => (bytes += template.bytes) > mostBytes);
    return staying === -1 ? [] : templates.slice(0, templates.length - staying);
  },
};
