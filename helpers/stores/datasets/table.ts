/** The value of a cell. A plain object is a JSON document; there are no arrays and no bytes. */
export type Value = string | number | boolean | Date | null | object;

export interface DatasetTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
}

export interface Dataset {
  readonly name: string;
  /** In foreign-key order: a row refers only to rows of its own table or of an earlier one. */
  readonly tables: readonly DatasetTable[];
}

/** Takes columns separately from rows, because a table without rows still has columns. */
export function toTable<Column extends string>(
  name: string,
  columns: readonly Column[],
  records: readonly Readonly<Record<Column, Value>>[],
): DatasetTable {
  return { name, columns, rows: records.map((record) => columns.map((column) => record[column])) };
}
