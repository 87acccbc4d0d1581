import { parse } from 'csv-parse/sync';
import type { RowText } from './row-text.ts';

/** A record of a CSV file. */
export interface CsvRecord extends RowText {
  readonly fields: readonly string[];
}

interface Parsed {
  readonly record: readonly string[];
  readonly raw: string;
  /** `lines` is the line that the record ends at. */
  readonly info: { readonly lines: number };
}

/**
 * The records of a text, to know which is at which line; databases read the text themselves, and say what they refuse.
 * @throws Error with the line of a quote that is not closed.
 */
export function csvRecords(text: string): CsvRecord[] {
  const options = { info: true, raw: true, skip_empty_lines: true, relax_column_count: true, relax_quotes: true };
  return (parse(text, options) as unknown as Parsed[]).map(({ record, raw, info }) => {
    const row = raw.trim();
    return { fields: record, text: row, line: info.lines - row.split(/\r\n|\n|\r/).length + 1 };
  });
}
