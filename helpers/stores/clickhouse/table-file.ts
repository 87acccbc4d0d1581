import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { type ClickHouseClient, ClickHouseError } from '@clickhouse/client';
import { UsageError } from '../../lib/usage.ts';
import type { SqlFile } from '../migrations/index.ts';
import { type Credentials, firstSentence, literal, quoted, withClient } from './connection.ts';
import { whyDenied, whyNotRun } from './refusals.ts';

/** Where a template is created, and by whom. */
export interface Site {
  readonly url: string;
  readonly builder: Credentials;
  readonly database: string;
  /** Keeps what was created from changing by itself. */
  keepStill(): Promise<unknown>;
}

/** Runs the statements of SQL files. */
export interface Scripts {
  run(client: ClickHouseClient, session: string, sql: string): Promise<void>;
}

export const scripts: Scripts = {
  async run(client, session, sql) {
    await client.command({
      query: sql,
      session_id: session,
      clickhouse_settings: { session_timeout: sessionTimeout } as Record<string, number>,
    });
  },
};

/** Seconds that the server keeps a session between two statements. */
const sessionTimeout = 60;

/**
 * Runs a file in a session of its own, as clickhouse-client does: SET, USE and temporary tables last until its end.
 * @throws UsageError naming file and line of a statement that fails or is refused.
 */
export async function runFile({ run }: Scripts, site: Site, { path: file, text }: SqlFile): Promise<void> {
  const session = randomUUID();
  // Without a database of its own, which would go before USE.
  await withClient(site.url, site.builder, undefined, async (client) => {
    await run(client, session, `USE ${quoted(site.database)}`);
    for (const { sql, code, line } of statements(text)) {
      const refuse = (sentence: string): never => {
        throw new UsageError(`${path.relative(process.cwd(), file)}:${line}: ${sentence}.`, { file, line, column: 1 });
      };
      const refusal = whyNotRun(code);
      if (refusal !== undefined) refuse(refusal);
      try {
        await run(client, session, withLogin(sql, code, site.builder));
      } catch (error) {
        if (!(error instanceof ClickHouseError)) throw error;
        refuse(whyDenied(error) ?? firstSentence(error));
      }
      if (/^\s*CREATE\b[^]*\b(TTL|REFRESH)\b/i.test(code)) await site.keepStill();
    }
  });
}

/** A dictionary that names no user would read its tables as the server's default user, who may read none. */
function withLogin(sql: string, code: string, { user, password }: Credentials): string {
  const source = /^\s*CREATE\s+(?:OR\s+REPLACE\s+)?DICTIONARY\b[^]*?\bSOURCE\s*\(\s*CLICKHOUSE\s*\(/i.exec(code)?.[0];
  if (source === undefined || /\b(USER|HOST|NAME)\s/i.test(code.slice(source.length))) return sql;
  const login = `USER ${literal(user)} PASSWORD ${literal(password)} `;
  return sql.slice(0, source.length) + login + sql.slice(source.length);
}

interface Statement {
  readonly sql: string;
  /** The statement of the same length, with blanks for comments, and for what is quoted. */
  readonly code: string;
  readonly line: number;
}

/** Matches quoted text, identifiers and comments first, so that a semicolon inside them ends no statement. */
const token = /'(?:[^'\\]|\\.|'')*'|`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*"|--[^\n]*|\/\*[\s\S]*?\*\/|;/g;

/** A file's statements, each with its first line's number. */
export function statements(text: string): Statement[] {
  const result: Statement[] = [];
  let start = 0;
  const add = (end: number): void => {
    const part = text.slice(start, end);
    const blank = (found: string): string => found.replace(/[^\n]/g, ' ');
    const uncommented = part.replace(token, (found) => (/^(--|\/\*)/.test(found) ? blank(found) : found));
    const lead = uncommented.length - uncommented.trimStart().length;
    const sql = part.slice(lead).trim();
    if (uncommented.trim() !== '')
      result.push({ sql, code: sql.replace(token, blank), line: text.slice(0, start + lead).split('\n').length });
    start = end + 1;
  };
  for (const { 0: found, index } of text.matchAll(token)) if (found === ';') add(index);
  add(text.length);
  return result;
}
