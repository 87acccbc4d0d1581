/** One definition in a database: its kind, its name, and its full text in canonical form. */
export interface Definition {
  readonly kind: string;
  readonly name: string;
  readonly definition: string;
}

/** A row, with the values that the database returned. */
export type Row = Readonly<Record<string, unknown>>;

/** A row that both sides have, with different values. */
export interface ChangedRow {
  readonly before: Row;
  readonly after: Row;
}

/** The changes of one table's rows. The numbers count all of them; at most {@link shownRows} rows are listed. */
export interface TableDifference {
  readonly table: string;
  readonly counts: { readonly inserted: number; readonly changed: number; readonly deleted: number };
  readonly inserted: readonly Row[];
  readonly changed: readonly ChangedRow[];
  readonly deleted: readonly Row[];
}

/** The change of one definition or sequence; undefined on the side where it does not exist. */
export interface DefinitionDifference {
  readonly kind: string;
  readonly name: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface DatabaseDifference {
  readonly tables: readonly TableDifference[];
  readonly definitions: readonly DefinitionDifference[];
}

export const shownRows = 20;

export function isEmpty({ tables, definitions }: DatabaseDifference): boolean {
  return tables.length === 0 && definitions.length === 0;
}
