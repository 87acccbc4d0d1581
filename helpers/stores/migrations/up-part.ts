import path from 'node:path';
import { UsageError } from '../../lib/usage.ts';

/** How a tool marks, on a line of its own, which part of a file leads up and which one down. */
interface Markers {
  readonly tool: string;
  readonly up: RegExp;
  readonly down: RegExp;
  /** The part before the first marker leads up. */
  readonly beginsUp?: true;
  /** Its files run in the order of their names, whatever the numbers in these are. */
  readonly byName?: true;
  /** What this file cannot be run without. */
  readonly needs?: readonly (readonly [RegExp, what: string])[];
}

const tools: readonly Markers[] = [
  { tool: 'dbmate', up: /^--\s*migrate:up\b/i, down: /^--\s*migrate:down\b/i, byName: true },
  {
    tool: 'goose',
    up: /^--\s*\+goose\s+up\b/i,
    down: /^--\s*\+goose\s+down\b/i,
    needs: [[/^--\s*\+goose\s+envsub\s+on\b/i, 'variables that goose replaces']],
  },
  { tool: 'sql-migrate', up: /^--\s*\+migrate\s+up\b/i, down: /^--\s*\+migrate\s+down\b/i },
  { tool: 'rambler', up: /^--\s*rambler\s+up\b/i, down: /^--\s*rambler\s+down\b/i },
  { tool: 'node-pg-migrate', up: /^--\s*up\s+migration\b/i, down: /^--\s*down\s+migration\b/i },
  { tool: 'MyBatis', up: /^(?!)/, down: /^--\s*\/\/\s*@undo\b/i, beginsUp: true },
  { tool: 'tern', up: /^(?!)/, down: /^-{4}\s*create above\s*\/\s*drop below\s*-{4}/i, beginsUp: true },
];

interface Line {
  readonly line: string;
  /** Where it begins in the text. */
  readonly start: number;
}

interface Mark {
  readonly start: number;
  readonly isUp: boolean;
}

/** Whether the tool that marks this text runs its files in the order of their names. */
export function goesByName(text: string): boolean {
  const lines = linesOf(text);
  return tools.some(({ byName, up }) => byName === true && lines.some(({ line }) => up.test(line)));
}

/**
 * What leads up, in a text of the same length; without markers it is everything.
 * @throws UsageError when the markers do not say what leads up.
 */
export function upPart(text: string, file: string): string {
  const whole = text.replace(/^\ufeff/, ' '); // a byte order mark is no SQL
  const lines = linesOf(whole);
  const has = (pattern: RegExp): boolean => lines.some(({ line }) => pattern.test(line));
  const marked = tools.filter(({ up, down }) => has(up) || has(down));
  const [markers, other] = marked;
  if (markers === undefined) return whole;
  const name = path.relative(process.cwd(), file);
  if (other !== undefined)
    throw new UsageError(
      `${name} has the markers of ${markers.tool} and of ${other.tool}: which of them says what leads up?`,
    );
  for (const [pattern, what] of markers.needs ?? [])
    if (has(pattern))
      throw new UsageError(`${name} needs ${what}: run ${markers.tool} itself, by schema: { command: […] }.`);
  return blankDown(whole, marksOf(lines, markers), markers, name);
}

function blankDown(text: string, marks: readonly Mark[], { tool, beginsUp }: Markers, name: string): string {
  const [first] = marks;
  const ups = marks.filter(({ isUp }) => isUp).length + (beginsUp ? 1 : 0);
  const downs = marks.filter(({ isUp }) => !isUp).length;
  if (ups !== 1 || downs > 1)
    throw new UsageError(
      `${name} has ${ups} parts that lead up and ${downs} that lead down by the markers of ${tool}: it needs one that leads up, and at most one that leads down.`,
    );
  const before = text.slice(0, first!.start);
  if (!beginsUp && withoutComments(before).trim() !== '')
    throw new UsageError(`${name} has SQL before its first marker of ${tool}: does it lead up?`);
  return marks.reduce((result, { start, isUp }, index) => {
    if (isUp) return result;
    const end = marks[index + 1]?.start ?? text.length;
    return result.slice(0, start) + result.slice(start, end).replace(/[^\r\n]/g, ' ') + result.slice(end);
  }, text);
}

function marksOf(lines: readonly Line[], { up, down }: Markers): Mark[] {
  return lines.flatMap(({ line, start }) => {
    const isDown = down.test(line);
    return isDown || up.test(line) ? [{ start, isUp: !isDown }] : [];
  });
}

/** The lines of a text, without what they are indented by. */
function linesOf(text: string): Line[] {
  return [...text.matchAll(/[^\n]+/g)].map(({ 0: line, index }) => ({ line: line.trimStart(), start: index }));
}

function withoutComments(text: string): string {
  return text.replace(/--[^\n]*/g, '').replace(/\/\*[^]*?\*\//g, '');
}
