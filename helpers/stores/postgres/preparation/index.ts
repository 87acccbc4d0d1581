import { existsSync, readFileSync } from 'node:fs';
import type pg from 'pg';
import { UsageError } from '../../../lib/usage.ts';
import { type Place, placeIn } from '../../places.ts';
import { quoted } from '../connection.ts';
import { runFile } from '../sql-file.ts';
import { type Named, named } from './named.ts';
import { serverWide } from './server-wide.ts';

export { explainRefusal } from './refusals.ts';
export { makeRoles, releaseRoles, type RoleMarks, roleMarks, sweepRoles } from './roles.ts';
export { serverWide } from './server-wide.ts';

/**
 * What a schema needs that its own user may not make. It is part of the schema, because the two are of no use without
 * each other. Made in this order, by the administrator: a superuser, except on a remote server.
 */
export interface Preparation {
  /**
   * Roles, each as behind CREATE ROLE: `'anon'`, `'app LOGIN PASSWORD …'`, `'api NOINHERIT IN ROLE anon'`. The test
   * role may act as them. They are made once for a run and removed with it; one that the server has is left as it is.
   */
  readonly roles?: readonly string[];
  /** Extensions, each as behind CREATE EXTENSION: `'postgres_fdw'`, `'citext SCHEMA extensions'`, which is made too. */
  readonly extensions?: readonly string[];
  /** SQL, or the path of an .sql file. */
  readonly sql?: string | URL;
}

/** A preparation that is read and checked. */
export interface LoadedPreparation {
  /** Equal for equal preparations. */
  readonly content: string;
  readonly roles: readonly Named[];
  /** Whether there is anything to be made in the database itself. */
  readonly isNeeded: boolean;
  /** Prepares the database of `client`, after its roles. @throws UsageError. */
  apply(client: pg.Client, owner: string): Promise<void>;
}

/** The same preparation with an absolute path. @param folder that of the file that says it. */
export function placePreparation(preparation: Preparation, folder: string): Preparation {
  const { sql } = preparation;
  return sql === undefined || !isPath(sql) ? preparation : { ...preparation, sql: placeIn(folder, sql) };
}

/** @throws UsageError when a part of it cannot be read, or would change the whole server. */
export function loadPreparation({ roles = [], extensions = [], sql = '' }: Preparation): LoadedPreparation {
  const file = sqlFile(sql);
  const wide = serverWide(file.text);
  if (wide !== undefined)
    throw new UsageError(
      `prepare.sql changes ${wide}, which belong to the whole server: ` +
        'roles go into prepare.roles, and nothing else of them can be kept from other tests.',
    );
  const [allRoles, allExtensions] = [
    roles.map((role) => named(role, 'CREATE ROLE')),
    extensions.map((extension) => named(extension, 'CREATE EXTENSION')),
  ];
  return {
    content: JSON.stringify([roles, extensions, file.text]),
    roles: allRoles,
    isNeeded: extensions.length > 0 || file.text.trim() !== '',
    async apply(client, owner) {
      for (const extension of allExtensions)
        await runFile(client, { path: 'prepare.extensions', text: creating(extension, owner) });
      await runFile(client, file);
    },
  };
}

function creating({ name, options }: Named, owner: string): string {
  const [, schema] = /\bSCHEMA\s+("(?:[^"]|"")+"|[\w$]+)/i.exec(options) ?? [];
  return [
    ...(schema === undefined ? [] : [`CREATE SCHEMA IF NOT EXISTS ${schema} AUTHORIZATION ${quoted(owner)}`]),
    `CREATE EXTENSION IF NOT EXISTS ${quoted(name)} ${options}`,
  ].join(';\n');
}

function isPath(sql: Place): boolean {
  return sql instanceof URL || /^[^\n;]+\.sql$/i.test(sql.trim());
}

function sqlFile(sql: Place): { path: string; text: string } {
  if (!isPath(sql)) return { path: 'prepare.sql', text: String(sql) };
  const place = placeIn(process.cwd(), typeof sql === 'string' ? sql.trim() : sql);
  if (!existsSync(place)) throw new UsageError(`prepare.sql names ${place}, which is not there.`);
  return { path: place, text: readFileSync(place, 'utf8') };
}
