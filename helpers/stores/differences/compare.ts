import { type Definition, type DefinitionDifference, type Row, shownRows, type TableDifference } from './difference.ts';

/** The changed definitions; those of one kind and name count as one definition, which says what each of them says. */
export function differingDefinitions(
  before: readonly Definition[],
  after: readonly Definition[],
): DefinitionDifference[] {
  const id = ({ kind, name }: Definition): string => `${kind} ${name}`;
  const byId = (all: readonly Definition[]): Map<string, Definition> => {
    const result = new Map<string, Definition>();
    for (const each of all) {
      const other = result.get(id(each));
      const definition =
        other === undefined ? each.definition : [other.definition, each.definition].toSorted().join('\n');
      result.set(id(each), { ...each, definition });
    }
    return result;
  };
  const [old, now] = [byId(before), byId(after)];
  return [...new Set([...old.keys(), ...now.keys()])].toSorted().flatMap((key) => {
    const [was, is] = [old.get(key), now.get(key)];
    const { kind, name } = (is ?? was)!;
    return was?.definition === is?.definition ? [] : [{ kind, name, before: was?.definition, after: is?.definition }];
  });
}

/** Compares rows by content; a removed and an added row with the same primary key are one changed row. */
export function differingRows(
  table: string,
  key: readonly string[] | undefined,
  before: readonly Row[],
  after: readonly Row[],
): TableDifference {
  return summarize(table, key, without(before, after), without(after, before));
}

/** Summarizes rows that are known to be in one side only, even if their printed values look alike. */
export function summarize(
  table: string,
  key: readonly string[] | undefined,
  gone: readonly Row[],
  come: readonly Row[],
): TableDifference {
  const keyOf = (row: Row): string => JSON.stringify(key?.map((column) => row[column]));
  const goneByKey = new Map(key === undefined ? [] : gone.map((row) => [keyOf(row), row]));
  const changed = come.flatMap((row) => {
    const old = goneByKey.get(keyOf(row));
    return old === undefined ? [] : [{ before: old, after: row }];
  });
  const changedKeys = new Set(changed.map(({ after: row }) => keyOf(row)));
  const isNotChanged = (row: Row): boolean => !changedKeys.has(keyOf(row));
  const [inserted, deleted] = [come.filter(isNotChanged), gone.filter(isNotChanged)];
  return {
    table,
    counts: { inserted: inserted.length, changed: changed.length, deleted: deleted.length },
    inserted: inserted.slice(0, shownRows),
    changed: changed.slice(0, shownRows),
    deleted: deleted.slice(0, shownRows),
  };
}

/** The rows of `from` that `other` lacks; duplicates are counted. */
function without(from: readonly Row[], other: readonly Row[]): Row[] {
  const remaining = new Map<string, number>();
  for (const row of other) {
    const text = JSON.stringify(row);
    remaining.set(text, (remaining.get(text) ?? 0) + 1);
  }
  return from.filter((row) => {
    const text = JSON.stringify(row);
    const count = remaining.get(text) ?? 0;
    if (count > 0) remaining.set(text, count - 1);
    return count === 0;
  });
}
