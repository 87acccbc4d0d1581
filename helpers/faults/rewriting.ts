import type { Queryable } from '../platform/kernel/store/database.ts';
import { replaced } from './fault.ts';

/** A database that is told something else, with every `from` replaced by `to`. @throws EnvironmentUnavailable */
export function rewriting(db: Queryable, from: string, to: string): Queryable {
  return {
    query: ((text: string, values: unknown[]) => db.query(replaced(text, from, to), values)) as typeof db.query,
  };
}

/** A database that shows a list the rows of every tenant. */
export function ofEveryTenant(db: Queryable): Queryable {
  return rewriting(db, 'tenant_id = $1', "$1 <> ''");
}
