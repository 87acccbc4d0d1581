import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import path from 'node:path';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { type Place, UsageError } from '../../lib/usage.ts';
import { readSql, type SqlFile } from '../migrations/index.ts';
import { rolesMadeBy, rolesOn, withoutMaking } from './preparation/made-roles.ts';
import { explainRefusal } from './preparation/refusals.ts';
import { describeRefusal, refusedInTransactions } from './query-errors.ts';
import { lineAt, splitStatements, type Statement } from './sql.ts';

/** Commands by which psql protects itself from what a dump contains. */
const harmlessCommand = /^\\(?:un)?restrict\b/;

/**
 * What a dump says of the server that it comes from: owners, comments that only an extension's owner may write, the
 * schema `public`, and a setting of newer servers. Where it fails for that, the database is what it should be.
 */
const tolerated: readonly (readonly [RegExp, codes: readonly string[]])[] = [
  [/^ALTER\s[^]*\sOWNER\s+TO\s+\S+$/i, ['42704', '42501']], // undefined_object, insufficient_privilege
  [/^COMMENT\s+ON\s+EXTENSION\s/i, ['42501']],
  [/^CREATE\s+SCHEMA\s+public$/i, ['42P06', '42501']], // duplicate_schema
  [/^SET\s+transaction_timeout\s*=\s*0$/i, ['42704']],
];

/** How SQL files are found and taken apart. */
export interface SqlReading {
  /** The files that a path stands for, in their order; undefined when there is none. */
  read(place: string): SqlFile[] | undefined;
  split(sql: string): Statement[];
}

export const sqlReading: SqlReading = { read: readSql, split: splitStatements };

class FailedStatement extends UsageError {
  /** PostgreSQL's, of five characters. */
  readonly code: string | undefined;

  constructor(sentence: string, place: Place, code: string | undefined) {
    super(sentence, place);
    this.code = code;
  }
}

/**
 * Runs an SQL file, a dump of pg_dump's plain format too. A migration runs in one transaction, as its tool would do it,
 * or else statement by statement, where it has what no transaction can contain.
 * @throws UsageError with file and line of a statement that fails, or of a command that only psql knows.
 */
export async function runFile(client: pg.ClientBase, file: SqlFile, { split } = sqlReading): Promise<void> {
  const statements = split(file.text).filter(({ text }) => !harmlessCommand.test(text));
  const command = statements.find(({ text }) => text.startsWith('\\'));
  if (command !== undefined) throw psqlCommand(command, file);
  if (!(file.isMigration && (await runAtOnce(client, statements, file)))) await runEach(client, statements, file);
  // A dump leaves no schema to search in, which the next file could not work with.
  const { rows } = await client.query<{ search_path: string }>('SHOW search_path');
  if (/^("")?$/.test(rows[0]!.search_path)) await client.query('RESET search_path');
}

/**
 * A role that there is, of the server or prepared for this schema, need not be made again: a file may do so in any way.
 * @throws UsageError for another one, because roles belong to the whole server.
 */
async function withoutRoles(client: pg.ClientBase, statement: Statement, file: SqlFile): Promise<string> {
  const made = rolesMadeBy(statement.text);
  if (made.length === 0) return statement.text;
  const known = await rolesOn(client);
  const missing = made.find((name) => !known.has(name));
  if (missing !== undefined)
    throw new UsageError(
      `${path.relative(process.cwd(), file.path)}:${statement.line}: role ${missing} would belong to the whole server: ` +
        `write schema: { …, prepare: { roles: ['${missing}'] } }, and it is made for the run, and removed with it.`,
      { file: file.path, line: statement.line, column: 1 },
    );
  return withoutMaking(statement.text, known).trimEnd();
}

/** Returns false, with nothing done, when the statements cannot run in one transaction. */
async function runAtOnce(client: pg.ClientBase, statements: readonly Statement[], file: SqlFile): Promise<boolean> {
  try {
    await client.query('BEGIN');
    await runEach(client, statements, file);
    await client.query('COMMIT');
    return true;
  } catch (error) {
    await client.query('ROLLBACK');
    if (error instanceof FailedStatement && refusedInTransactions.has(error.code ?? '')) return false;
    throw error;
  }
}

async function runEach(client: pg.ClientBase, statements: readonly Statement[], file: SqlFile): Promise<void> {
  for (const statement of statements) {
    const text = await withoutRoles(client, statement, file);
    if (text === '') continue;
    const codes = tolerated.flatMap(([sql, some]) => (sql.test(text) ? some : []));
    const run = () => runStatement(client, { ...statement, text });
    try {
      await (codes.length > 0 ? tolerating(codes, client, run) : run());
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error;
      throw mistake(error, statement, file);
    }
  }
}

/** Errors with these codes change nothing, in a transaction either. */
async function tolerating(codes: readonly string[], client: pg.ClientBase, run: () => Promise<void>): Promise<void> {
  const isInTransaction = client.getTransactionStatus() === 'T'; // which the file may have ended itself
  if (isInTransaction) await client.query('SAVEPOINT tolerant');
  try {
    await run();
  } catch (error) {
    if (!(error instanceof pg.DatabaseError && codes.includes(error.code ?? ''))) throw error;
    if (isInTransaction) await client.query('ROLLBACK TO tolerant');
  }
}

async function runStatement(client: pg.ClientBase, { text, rows }: Statement): Promise<void> {
  if (rows === undefined) await client.query(text);
  else await pipeline(Readable.from([rows.replace(/^\\\.\r?$/m, '')]), client.query(copyFrom(text)));
}

function psqlCommand({ text, line }: Statement, file: SqlFile): UsageError {
  const [command] = text.split(/\s/);
  return new UsageError(
    `${path.relative(process.cwd(), file.path)}:${line}: ${command} is a command of psql, not SQL: leave it out, or run psql itself, by schema: { command: ['psql', …] }.`,
    { file: file.path, line, column: 1 },
  );
}

function mistake(error: pg.DatabaseError, statement: Statement, file: SqlFile): FailedStatement {
  const place = placeOf(error, statement, file);
  const sentence = describeRefusal(error, explainRefusal(error) ?? error.hint);
  const sentenceAt = `${path.relative(process.cwd(), place.file)}:${place.line}: ${sentence}`;
  return new FailedStatement(sentenceAt, place, error.code);
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
