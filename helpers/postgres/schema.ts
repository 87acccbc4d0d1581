import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { lineAt, splitStatements } from './sql.ts';

export const schemaNames = ['basic', 'user_management', 'thread_messages'] as const;
export type SchemaName = (typeof schemaNames)[number];

/** A schema made by code. The name says which it is: change it when what `apply` does changes. */
export interface SchemaFunction {
  readonly name: string;
  apply(client: pg.Client): Promise<void>;
}

/**
 * What a database is created with: one of ours by name, an SQL file or a folder of them (run in the order of their
 * names) by path, or a function.
 */
export type Schema = SchemaName | (string & {}) | SchemaFunction;

interface SqlFile {
  readonly path: string;
  readonly text: string;
}

/** A schema that was found and read, and can be applied any number of times. */
export interface LoadedSchema {
  readonly label: string;
  /** Everything that it consists of: equal contents make equal databases. */
  readonly content: string;
  /** @throws Error naming file and line where a statement fails. */
  apply(client: pg.Client): Promise<void>;
}

/** @throws Error when there is no such schema, or nothing in it. */
export function loadSchema(schema: Schema): LoadedSchema {
  if (typeof schema !== 'string') {
    return { label: schema.name, content: `${schema.name}\n${schema.apply.toString()}`, apply: (client) => schema.apply(client) };
  }
  const files = sqlFiles(schema);
  return {
    label: schema,
    content: files.map(({ path: name, text }) => `${path.basename(name)}\n${text}`).join('\n'),
    async apply(client) {
      for (const file of files) await runFile(client, file);
    },
  };
}

function sqlFiles(schema: string): SqlFile[] {
  const builtIn = (schemaNames as readonly string[]).includes(schema);
  const place = builtIn ? fileURLToPath(new URL(`schemas/${schema}.sql`, import.meta.url)) : path.resolve(schema);
  if (!existsSync(place)) throw new Error(`Unknown schema '${schema}': it is none of ${schemaNames.join(', ')}, and there is no file or folder ${place}.`);
  const paths = statSync(place).isDirectory() ? readdirSync(place).filter((name) => name.endsWith('.sql')).toSorted().map((name) => path.join(place, name)) : [place];
  if (paths.length === 0) throw new Error(`Schema '${schema}' is empty: the folder ${place} has no .sql file.`);
  return paths.map((name) => ({ path: name, text: readFileSync(name, 'utf8') }));
}

async function runFile(client: pg.Client, file: SqlFile): Promise<void> {
  for (const { text, line } of splitStatements(file.text)) {
    try {
      await client.query(text);
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error;
      const at = error.position === undefined ? line : line + lineAt(text, Number(error.position) - 1) - 1;
      const detail = [error.detail, error.hint].filter((part) => part !== undefined).join(' ');
      throw new Error(`${path.relative(process.cwd(), file.path)}:${at}: ${error.message}${detail === '' ? '' : ` (${detail})`}`, { cause: error });
    }
  }
}
