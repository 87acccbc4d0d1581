import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { UsageError } from '../../lib/usage.ts';
import { checkNotEmpty, contentOf, type SqlFile } from '../migrations/index.ts';
import { nothingAt, type Place, placeIn } from '../places.ts';
import { type LoadedPreparation, loadPreparation, placePreparation, type Preparation } from './preparation/index.ts';
import { runCommand } from './schema-command.ts';
import { runFile, type SqlReading, sqlReading } from './sql-file.ts';
import { templateCaching } from './template-cache/index.ts';

export const schemaNames = ['basic', 'user_management', 'thread_messages'] as const;
export type SchemaName = (typeof schemaNames)[number];

/** A schema may need roles, extensions and SQL that its own user may not make. */
interface Prepared {
  readonly prepare?: Preparation;
}

/** A schema of code, which only its author knows to be the same in every run. */
interface Keyed extends Prepared {
  /** Says that equal keys create equal schemas, so that later runs take the template from the cache. */
  readonly key?: string;
}

/** A schema by its name or path, as a string names it, with what it needs. */
export interface SchemaFiles extends Prepared {
  readonly path: SchemaName | (string & {}) | URL;
}

/** A schema created by code. The name identifies it: change it when `apply` changes. */
export interface SchemaFunction extends Keyed {
  readonly name: string;
  apply(client: pg.Client): Promise<void>;
}

/**
 * A schema created by a program, such as a migration tool: `{ command: ['npx', 'prisma', 'migrate', 'deploy'] }`. It
 * finds the database by DATABASE_URL and by PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE.
 */
export interface SchemaCommand extends Keyed {
  readonly command: readonly [program: string, ...args: string[]];
  /** The folder that it runs in, from the file that says it; default that file's own. */
  readonly cwd?: Place;
  /** More of its environment. Of the database are `{url}`, `{host}`, `{port}`, `{user}`, `{password}`, `{database}`. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * The schema of a database: a built-in one by name, an SQL file or a folder of migrations by path, a function or a
 * command; as an object, with what has to be prepared for it.
 */
export type Schema = SchemaName | (string & {}) | URL | SchemaFiles | SchemaFunction | SchemaCommand;

/**
 * The same schema with absolute paths.
 * @param folder that of the file that says it.
 * @throws UsageError when nothing is there.
 */
export function placeSchema(schema: Schema, folder: string): Schema {
  if (typeof schema === 'string' || schema instanceof URL) return isBuiltIn(schema) ? schema : placed(schema, folder);
  const { prepare } = schema;
  return {
    ...schema,
    ...('path' in schema && !isBuiltIn(schema.path) ? { path: placed(schema.path, folder) } : {}),
    ...('command' in schema ? { cwd: folderOfCommand(schema, folder) } : {}),
    ...(prepare === undefined ? {} : { prepare: placePreparation(prepare, folder) }),
  };
}

function isBuiltIn(schema: Place): schema is SchemaName {
  return (schemaNames as readonly unknown[]).includes(schema);
}

function placed(schema: Place, folder: string): string {
  const place = placeIn(folder, schema);
  if (existsSync(place)) return place;
  throw new UsageError(
    `Unknown schema '${String(schema)}': it is none of ${schemaNames.join(', ')}, and ${nothingAt(folder, String(schema))}.`,
  );
}

/** @throws UsageError when it does not exist, since the system would say so of the program. */
function folderOfCommand({ command, cwd = '.' }: SchemaCommand, folder: string): string {
  const place = placeIn(folder, cwd);
  if (existsSync(place)) return place;
  const what = `The schema's command ${command.join(' ')} has no folder to run in`;
  throw new UsageError(`${what}: ${nothingAt(folder, String(cwd))}.`);
}

/** A schema that can be applied any number of times. */
export interface LoadedSchema {
  readonly label: string;
  /** Everything that the schema is made of: equal contents create equal databases. */
  readonly content: string;
  /** Whether equal contents create equal databases in every run, too; roles, which the server has, end with theirs. */
  readonly isReproducible: boolean;
  /** What has to be made before it. */
  readonly preparation: LoadedPreparation;
  /**
   * Applies it to the database of `client`, whose address is `url`.
   * @throws UsageError naming file and line of a failing statement, or what a failing command said.
   */
  apply(client: pg.Client, url: string): Promise<void>;
}

/** @throws UsageError when there is no such schema, or its folder has no SQL file. */
export function loadSchema(schema: Schema, reading = sqlReading, caching = templateCaching): LoadedSchema {
  const preparation = loadPreparation(
    (typeof schema === 'string' || schema instanceof URL ? undefined : schema.prepare) ?? {},
  );
  const { label, content, isCode, apply } = load(schema, reading);
  const key = typeof schema === 'string' || !('key' in schema) ? undefined : schema.key;
  return {
    label,
    content: JSON.stringify([content, preparation.content, key]),
    isReproducible: preparation.roles.length === 0 && (!isCode || caching.isReproducible(key)),
    preparation,
    apply,
  };
}

interface SchemaPart extends Pick<LoadedSchema, 'label' | 'content' | 'apply'> {
  readonly isCode: boolean;
}

function load(schema: Schema, reading: SqlReading): SchemaPart {
  if (typeof schema === 'object' && 'command' in schema) {
    const { command, cwd = process.cwd(), env = {} } = schema;
    return {
      label: command.join(' '),
      content: JSON.stringify([command, cwd, env]),
      isCode: true,
      apply: (_client, url) => runCommand(command, { cwd, env }, url),
    };
  }
  if (typeof schema === 'object' && 'apply' in schema) {
    return {
      label: schema.name,
      content: `${schema.name}\n${schema.apply.toString()}`,
      isCode: true,
      apply: (client) => schema.apply(client),
    };
  }
  const place = typeof schema === 'object' && 'path' in schema ? schema.path : schema;
  const label = String(place);
  const files = sqlFiles(place, reading);
  return {
    label,
    content: contentOf(files),
    isCode: false,
    async apply(client) {
      for (const file of files) await runFile(client, file, reading);
    },
  };
}

function sqlFiles(schema: Place, reading: SqlReading): SqlFile[] {
  const place = isBuiltIn(schema)
    ? fileURLToPath(new URL(`schemas/${schema}.sql`, import.meta.url))
    : placed(schema, process.cwd());
  const files = reading.read(place) ?? [];
  checkNotEmpty(files, `Schema '${String(schema)}'`, place);
  return files;
}
