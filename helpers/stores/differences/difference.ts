/** What is defined in a database: its kind, its name, and all that its creator said, in canonical form. */
export interface Definition {
  readonly kind: string;
  readonly name: string;
  readonly definition: string;
}

/** A row, its values as they came from the database. */
export type Row = Readonly<Record<string, unknown>>;

/** One row that both sides have, with other values. */
export interface ChangedRow {
  readonly before: Row;
  readonly after: Row;
}

/** What became of one table's rows. Numbers count all; of the rows themselves at most {@link shownRows} are given. */
export interface TableDifference {
  readonly table: string;
  readonly counts: { readonly inserted: number; readonly changed: number; readonly deleted: number };
  readonly inserted: readonly Row[];
  readonly changed: readonly ChangedRow[];
  readonly deleted: readonly Row[];
}

/** What became of one definition or sequence; undefined where it is not there. */
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
