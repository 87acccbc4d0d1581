/** The type of a column, as ClickHouse writes it: `Array(Nullable(UInt64))`. */
export interface Type {
  /** Without its arguments: `Array`. */
  readonly name: string;
  /** Arguments that are types, with the names that the elements of a tuple have. */
  readonly elements: readonly { readonly name: string | undefined; readonly type: Type }[];
}

/** Reads a type. What its arguments say beside types, such as a precision or a time zone, is left out. */
export function parseType(text: string): Type {
  const open = text.indexOf('(');
  if (open < 0) return { name: text.trim(), elements: [] };
  const elements = splitAtCommas(text.slice(open + 1, text.lastIndexOf(')'))).map((part) => {
    const [, quoted, plain, rest] = /^(?:`((?:[^`\\]|\\.)*)`|([A-Za-z_]\w*))\s+([A-Z][^]*)$/.exec(part) ?? [];
    const name = quoted?.replace(/\\(.)/g, '$1') ?? plain;
    return { name, type: parseType(rest ?? part) };
  });
  return { name: text.slice(0, open).trim(), elements };
}

/** Splits at the commas that are in no brackets and no quotes. */
function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let [start, depth] = [0, 0];
  for (const { 0: found, index } of text.matchAll(/'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|[(),]/g)) {
    if (found === '(') depth++;
    else if (found === ')') depth--;
    else if (found === ',' && depth === 0) {
      parts.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  return [...parts, text.slice(start).trim()];
}
