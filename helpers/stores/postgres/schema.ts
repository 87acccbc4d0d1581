import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { type Place, UsageError } from '../../lib/usage.ts';
import { lineAt, splitStatements, type Statement } from './sql.ts';

export const schemaNames = ['basic', 'user_management', 'thread_messages'] as const;
export type SchemaName = (typeof schemaNames)[number];

/** A schema created by code. The name identifies it: change it when `apply` changes. */
export interface SchemaFunction {
  readonly name: string;
  apply(client: pg.Client): Promise<void>;
}

/** The schema of a database: a built-in one by name, an SQL file or a folder of them by path, or a function. */
export type Schema = SchemaName | (string & {}) | SchemaFunction;

interface SqlFile {
  readonly path: string;
  readonly text: string;
}

/** A schema that can be applied any number of times. */
export interface LoadedSchema {
  readonly label: string;
  /** Everything that the schema is made of: equal contents create equal databases. */
  readonly content: string;
  /** @throws UsageError naming file and line of a failing statement. */
  apply(client: pg.Client): Promise<void>;
}

/** @throws UsageError when there is no such schema, or its folder has no SQL file. */
export function loadSchema(schema: Schema): LoadedSchema {
  if (typeof schema !== 'string') {
    return {
      label: schema.name,
      content: `${schema.name}\n${schema.apply.toString()}`,
      apply: (client) => schema.apply(client),
    };
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
  if (!existsSync(place))
    throw new UsageError(
      `Unknown schema '${schema}': it is none of ${schemaNames.join(', ')}, and there is no file or folder ${place}.`,
    );
  const paths = statSync(place).isDirectory()
    ? readdirSync(place)
        .filter((name) => name.endsWith('.sql'))
        .toSorted()
        .map((name) => path.join(place, name))
    : [place];
  if (paths.length === 0) throw new UsageError(`Schema '${schema}' is empty: the folder ${place} has no .sql file.`);
  return paths.map((name) => ({ path: name, text: readFileSync(name, 'utf8') }));
}

async function runFile(client: pg.Client, file: SqlFile): Promise<void> {
  for (const statement of splitStatements(file.text)) {
    try {
      await client.query(statement.text);
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error;
      const place = placeOf(error, statement, file);
      const detail = [error.detail, error.hint].filter((part) => part !== undefined).join(' ');
      throw new UsageError(
        `${path.relative(process.cwd(), place.file)}:${place.line}: ${error.message}${detail === '' ? '' : ` (${detail})`}`,
        place,
      );
    }
  }
}

/** The position that PostgreSQL reports, counted from the statement's beginning; otherwise the beginning. */
function placeOf({ position = '1' }: pg.DatabaseError, { text, line }: Statement, file: SqlFile): Place {
  const beginning = file.text
    .split('\n')
    .slice(0, line - 1)
    .join('\n').length;
  const index = file.text.indexOf(text, beginning) + Number(position) - 1;
  return { file: file.path, line: lineAt(file.text, index), column: index - file.text.lastIndexOf('\n', index - 1) };
}
