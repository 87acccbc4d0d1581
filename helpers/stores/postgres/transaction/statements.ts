import { addToMessage, refusedInTransactions } from '../query-errors.ts';
import { splitStatements } from '../sql.ts';

/** How a statement changes the test's view of its transaction. */
export type Control = 'BEGIN' | 'SET' | 'COMMIT' | 'ROLLBACK' | 'COMMIT AND CHAIN' | 'ROLLBACK AND CHAIN';

export function controlOf(statement: string): Control | undefined {
  if (/^(BEGIN|START\s+TRANSACTION)\b/i.test(statement)) return 'BEGIN';
  if (/^SET\s+(LOCAL\s+)?TRANSACTION\b/i.test(statement)) return 'SET';
  const [, commit, rollback] =
    /^(?:(COMMIT|END)|(ROLLBACK|ABORT))\b(?!\s+((WORK|TRANSACTION)\s+)?(TO|PREPARED)\b)/i.exec(statement) ?? [];
  const ends = commit !== undefined ? 'COMMIT' : rollback !== undefined ? 'ROLLBACK' : undefined;
  return ends !== undefined && /\sAND\s+CHAIN\b/i.test(statement) ? `${ends} AND CHAIN` : ends;
}

/** Isolation levels, the weakest first, as PostgreSQL prints them. */
export const levels = ['read uncommitted', 'read committed', 'repeatable read', 'serializable'] as const;
export type Level = (typeof levels)[number];

/** What a transaction is asked to be; undefined where that is left to the session. */
export interface Modes {
  readonly level?: Level;
  readonly readOnly?: boolean;
}

/** The modes of `BEGIN …` or `SET TRANSACTION …`. */
export function modesOf(statement: string): Modes {
  const text = bare(statement);
  const level = /ISOLATION\s+LEVEL\s+(SERIALIZABLE|REPEATABLE\s+READ|READ\s+(?:UN)?COMMITTED)/i.exec(text)?.[1];
  const access = /\bREAD\s+(ONLY|WRITE)\b/i.exec(text)?.[1];
  return {
    ...(level === undefined ? {} : { level: level.toLowerCase().replaceAll(/\s+/g, ' ') as Level }),
    ...(access === undefined ? {} : { readOnly: /only/i.test(access) }),
  };
}

/** Whether PostgreSQL refuses a statement outside of a transaction. */
export function needsTransaction(statement: string): boolean {
  return /^(SAVEPOINT|RELEASE|ROLLBACK\s+((WORK|TRANSACTION)\s+)?TO)\b/i.test(statement);
}

/** Whether statements add no constraints. A function may: the next statement finds what it has added. */
export function isPlain(text: string): boolean {
  return splitStatements(text).every((one) =>
    /^(SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|VALUES|TABLE)\b/i.test(one.text),
  );
}

/** Names of settings that a statement sets until its transaction ends. */
export function localSettings(statement: string, values: readonly unknown[] = []): string[] {
  const [, special, name] =
    /^SET\s+LOCAL\s+(?:(TIME\s+ZONE|SESSION\s+AUTHORIZATION)\b|"?([\w.]+))/i.exec(statement) ?? [];
  if (special !== undefined) return [/^TIME/i.test(special) ? 'timezone' : 'session_authorization'];
  if (name !== undefined) return [name];
  const calls = statement.matchAll(/\bset_config\s*\(\s*(?:'([^']+)'|\$(\d+))(?:(?!set_config)[^;])*?,\s*true\s*\)/gi);
  return [...calls].map(([, literal, place]) => literal ?? String(values[Number(place) - 1]));
}

/** A statement without comments and quoted text, in which words are SQL's own. */
function bare(statement: string): string {
  return statement.replaceAll(/'(?:[^']|'')*'|\$(\w*)\$[^]*?\$\1\$|--[^\n]*|\/\*[^]*?\*\//g, ' ');
}

const wayOut = "use isolation 'database' or 'reset'.";

// The first that fits says why a statement cannot do inside of a transaction what it does outside of one, and does not
// fail by itself.
const obstacles: readonly (readonly [RegExp, string])[] = [
  [
    /^PREPARE\s+TRANSACTION\b/i,
    "PREPARE TRANSACTION would end the transaction that isolation 'rollback' keeps the test in",
  ],
  [
    /^(NOTIFY|LISTEN)\b/i,
    "$1 is of no use with isolation 'rollback', where nothing is ever committed, so nothing is heard",
  ],
  [
    /^(?!CREATE\b)[^]*\b(pg_notify)\s*\(/i,
    "$1() is of no use with isolation 'rollback', where nothing is ever committed, so nothing is heard",
  ],
  [
    /^(SET\s+TRANSACTION\s+SNAPSHOT)\b/i,
    "$1 is too late with isolation 'rollback', where the test is in one transaction from its beginning",
  ],
  [
    /^CREATE\b[^]*\b(ON\s+COMMIT\s+(?:DROP|DELETE))\b/i,
    "$1 never comes to pass with isolation 'rollback', where nothing is ever committed",
  ],
];

/** Why a statement is refused; undefined when it is not. */
export function obstacleTo(statement: string): string | undefined {
  const text = /^DO\b/i.test(statement) ? statement : bare(statement);
  for (const [pattern, reason] of obstacles) {
    const match = pattern.exec(text);
    if (match !== null) return `${reason.replace('$1', (match[1] ?? '').replaceAll(/\s+/g, ' '))}: ${wayOut}`;
  }
  return undefined;
}

/** Why a transaction cannot have an isolation level. */
export function tooLateFor(level: Level): string {
  return (
    `ISOLATION LEVEL ${level.toUpperCase()} comes too late: with isolation 'rollback' the whole test is one ` +
    `transaction, which has written already. Begin with it, set default_transaction_isolation in the schema ` +
    `(ALTER DATABASE … SET), or ${wayOut}`
  );
}

/** Adds to what PostgreSQL says of an open transaction whose transaction it is. */
export function explained(error: unknown): unknown {
  if (error instanceof Error && refusedInTransactions.has(String((error as { code?: string }).code)))
    addToMessage(error, `: with isolation 'rollback' the whole test is one transaction, so ${wayOut}`);
  return error;
}
