import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { RowText } from './row-text.ts';

interface JsonTable {
  readonly table: string;
  readonly rows: readonly RowText[];
}

/**
 * The tables in a JSON file: an array has the rows of `table`, an object those of several tables. Rows keep their text,
 * so that no number loses digits.
 */
export function jsonTables(
  text: string,
  table: string,
  mistake: (line: number, sentence: string) => Error,
): JsonTable[] {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true });
  const lineAt = linesOf(text);
  const [error] = errors;
  if (error !== undefined) throw mistake(lineAt(error.offset), `it is no JSON: ${describe(error)}.`);
  const tables = root?.type === 'object' ? root.children!.map(({ children }) => children!) : [];
  const odd = tables.find(([, rows]) => !isRows(rows));
  if (isRows(root)) return [{ table, rows: rowsIn(root!, text, lineAt) }];
  if (tables.length === 0 || odd !== undefined) {
    const what = odd === undefined ? 'it' : `"${odd[0]!.value}"`;
    throw mistake(1, `${what} has no rows: write an array of objects, or such an array for each table in one object.`);
  }
  return tables.map(([name, rows]) => ({ table: String(name!.value), rows: rowsIn(rows!, text, lineAt) }));
}

/** Such as `comma expected`. */
function describe({ error }: ParseError): string {
  return printParseErrorCode(error)
    .replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`)
    .toLowerCase();
}

function isRows(node: Node | undefined): boolean {
  return node?.type === 'array' && node.children!.every(({ type }) => type === 'object');
}

function rowsIn({ children = [] }: Node, text: string, lineAt: (offset: number) => number): RowText[] {
  return children.map(({ offset, length }) => ({ text: text.slice(offset, offset + length), line: lineAt(offset) }));
}

/** Tells the line of a place; places may only go ahead, so that a text is counted once. */
function linesOf(text: string): (offset: number) => number {
  let [line, counted] = [1, 0];
  return (offset) => {
    line += text.slice(counted, offset).split('\n').length - 1;
    counted = offset;
    return line;
  };
}
