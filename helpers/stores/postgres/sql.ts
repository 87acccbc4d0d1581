export interface Statement {
  readonly text: string;
  /** Line of its first character, from 1. */
  readonly line: number;
  /** The rows behind `COPY … FROM stdin`, as dumps have them; undefined for other statements. */
  readonly rows?: string;
}

// Quoted text that may contain semicolons, by PostgreSQL's lexical structure (chapter 4.1); block comments are handled
// apart, because they nest.
const token =
  /--[^\n]*|\/\*|[eE]'(?:[^'\\]|\\.|'')*(?:'|$)|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|\$([A-Za-z_\u0080-\uffff]\w*)?\$|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|;|\s+|[^]/gy;

/**
 * Splits an SQL file into statements, so that an error can be reported with its line. Understands quotes, comments,
 * dollar quoting, SQL-standard function bodies (`BEGIN ATOMIC … END`), and the rows that psql sends behind COPY. A
 * command of psql, such as `\\connect`, is a statement that begins with a backslash and ends with its line.
 */
export function splitStatements(sql: string): Statement[] {
  const statements: Statement[] = [];
  let start: number | undefined;
  let depth = 0;
  let previous = '';
  let [line, counted] = [1, 0];
  const finish = (end: number): void => {
    if (start !== undefined) {
      // Counted on from the previous statement, because a file may have thousands.
      line += lineAt(sql.slice(counted, start), start) - 1;
      counted = start;
      const text = sql.slice(start, end);
      const rows = fromStdin.test(text) ? rowsFrom(sql, end) : undefined;
      statements.push({ text, line, ...(rows === undefined ? {} : { rows }) });
      if (rows !== undefined) token.lastIndex = endOfLine(sql, end) + rows.length;
    }
    [start, depth, previous] = [undefined, 0, ''];
  };
  token.lastIndex = 0;
  for (let match = token.exec(sql); match !== null; match = token.exec(sql)) {
    const [text] = match;
    if (text.startsWith('--') || /^\s/.test(text)) continue;
    if (text === '/*') {
      token.lastIndex = endOfComment(sql, match.index);
      continue;
    }
    if (text === ';' && depth === 0) {
      finish(match.index);
      continue;
    }
    if (text === '\\' && start === undefined) {
      start = match.index;
      token.lastIndex = endOfLine(sql, start);
      finish(token.lastIndex);
      continue;
    }
    start ??= match.index;
    if (/^\$.*\$$/.test(text)) token.lastIndex = endOf(sql, text, token.lastIndex);
    const word = text.toUpperCase();
    if ((word === 'ATOMIC' && previous === 'BEGIN') || (depth > 0 && word === 'CASE')) depth++;
    else if (depth > 0 && word === 'END') depth--;
    previous = word;
  }
  finish(sql.length);
  return statements;
}

const fromStdin = /^COPY\s[^]*\sFROM\s+STDIN\b/i;

/** What follows on the next lines, with the line `\\.` that ends it, if there is one. */
function rowsFrom(sql: string, end: number): string {
  const start = endOfLine(sql, end);
  const mark = /^\\\.\r?$/gm;
  mark.lastIndex = start;
  const last = mark.exec(sql);
  return sql.slice(start, last === null ? sql.length : last.index + last[0].length);
}

/** Where the next line begins. */
function endOfLine(sql: string, from: number): number {
  const end = sql.indexOf('\n', from);
  return end === -1 ? sql.length : end + 1;
}

function endOf(sql: string, closing: string, from: number): number {
  const end = sql.indexOf(closing, from);
  return end === -1 ? sql.length : end + closing.length;
}

function endOfComment(sql: string, from: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = from;
  let depth = 0;
  for (let match = mark.exec(sql); match !== null; match = mark.exec(sql)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return sql.length;
}

/** The line, from 1, of a character. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
