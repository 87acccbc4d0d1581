/** A row of a table, as it stands in its file. */
export interface RowText {
  readonly text: string;
  /** Where it begins, from 1. */
  readonly line: number;
}
