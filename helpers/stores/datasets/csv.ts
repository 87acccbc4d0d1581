/** A record of a CSV file. */
export interface CsvRecord {
  readonly fields: readonly string[];
  readonly text: string;
  /** Its first line, from 1. */
  readonly line: number;
}

const field = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n|\n|\r|$)/gy;

/** The records of a text by RFC 4180, to know which is at which line; databases read the text themselves. */
export function csvRecords(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let [start, line, fields] = [0, 1, [] as string[]];
  field.lastIndex = 0;
  while (field.lastIndex < text.length) {
    const match = field.exec(text);
    if (match === null) break; // malformed: the database says how
    const [whole, value, end] = match as unknown as [string, string, string];
    fields.push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value);
    if (end === ',') continue;
    const record = text.slice(start, field.lastIndex);
    if (record.trim() !== '') records.push({ fields, text: record, line });
    line += whole === '' ? 0 : record.split(/\r\n|\n|\r/).length - 1;
    [start, fields] = [field.lastIndex, []];
  }
  return records;
}
