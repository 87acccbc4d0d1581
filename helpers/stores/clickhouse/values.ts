import { randomUUID } from 'node:crypto';
import { protectNumerals } from '../../lib/numerals.ts';
import { parseType, type Type } from './types.ts';

/**
 * Values on their way to and from the server, exact in both directions. As with `@clickhouse/client`, a number is a
 * number wherever JavaScript can hold it. Where it cannot, and the client would round or answer null, an integer is a
 * bigint, a decimal is a string, and NaN and the infinities are themselves. Bigint rather than string for integers,
 * because `5n < 10n`, and because `id === 5` stays true for what fits.
 */
export interface Values {
  /** Rows from an answer in {@link answerFormat}. */
  read(answer: string): Record<string, unknown>[];
  /**
   * Rows as JSONEachRow. The columns in `signedZeros` keep the sign of -0, which other columns refuse.
   * @throws TypeError for an invalid Date.
   */
  write(rows: readonly object[], signedZeros: ReadonlySet<string>): string;
}

/** A format whose answer says the columns' types, and the settings under which nothing in it is rounded. */
export const answerFormat = 'JSONCompactEachRowWithNamesAndTypes';
export const answerSettings = {
  output_format_json_quote_64bit_integers: 0,
  output_format_json_quote_decimals: 0,
  output_format_json_quote_denormals: 1,
} as const;

export const values: Values = {
  read(answer) {
    const [names, types, ...rows] = answer
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(protectNumerals(line, mark)) as unknown[]);
    if (names === undefined || types === undefined) return [];
    const revive = types.map((type) => reviverOf(parseType(String(type))));
    return rows.map((row) => Object.fromEntries(names.map((name, i) => [String(name), revive[i]!(row[i])])));
  },

  write: (rows, signedZeros) =>
    rows.map((row) => `${unprotectNumerals(JSON.stringify(row, writable(row, signedZeros)))}\n`).join(''),
};

/** Marks a numeral among JSON's strings. Random, so that no text of a user's looks like one. */
const mark = randomUUID();

function unprotectNumerals(json: string): string {
  return json.includes(mark) ? json.replace(new RegExp(`"${mark}(-?\\d+)"`, 'g'), '$1') : json;
}

/** The numeral that a string stands for, if it does. */
function numeralIn(value: unknown): string | undefined {
  return typeof value === 'string' && value.startsWith(mark) ? value.slice(mark.length) : undefined;
}

type Reviver = (value: unknown) => unknown;

function reviverOf({ name, elements }: Type): Reviver {
  const inner = elements.map(({ type }) => reviverOf(type));
  const unlessNull =
    (revive: Reviver): Reviver =>
    (value) =>
      value === null ? null : revive(value);
  switch (name) {
    case 'Nullable':
    case 'LowCardinality':
      return unlessNull(inner[0]!);
    case 'SimpleAggregateFunction':
      return inner.at(-1)!;
    case 'Array':
    case 'QBit':
      return (value) => (Array.isArray(value) ? value.map(inner[0]!) : value);
    case 'Map':
      return (value) => mapValues(value, inner[1]!);
    case 'Tuple':
      return unlessNull(tupleOf(elements, inner));
    case 'Nested':
      return (value) => (Array.isArray(value) ? value.map(tupleOf(elements, inner)) : value);
    case 'Point':
    case 'Ring':
    case 'LineString':
    case 'MultiLineString':
    case 'Polygon':
    case 'MultiPolygon':
      return coordinates;
    default:
      return name.startsWith('Decimal') ? decimal : /^B?Float/.test(name) ? floating : anything;
  }
}

/** A tuple is an array, or where its elements have names an object. */
function tupleOf(elements: Type['elements'], inner: readonly Reviver[]): Reviver {
  const byName = new Map(elements.map(({ name }, i) => [name, inner[i]!]));
  return (value) =>
    Array.isArray(value)
      ? value.map((element, i) => inner[i]!(element))
      : mapValues(value, (element, name) => (byName.get(name) ?? anything)(element));
}

function mapValues(value: unknown, change: (element: unknown, name: string) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, element]) => [name, change(element, name)]));
}

const decimal: Reviver = (value) => {
  const numeral = numeralIn(value);
  if (numeral === undefined) return value;
  const significant = numeral.replace(/^-?[0.]*/, '').replace('.', '');
  return significant.length > 15 ? numeral : Number(numeral);
};

const denormals: Readonly<Record<string, number>> = { nan: NaN, '-nan': NaN, inf: Infinity, '-inf': -Infinity };

const floating: Reviver = (value) =>
  typeof value === 'string' ? (denormals[value] ?? Number(numeralIn(value) ?? value)) : value;

const coordinates: Reviver = (value) => (Array.isArray(value) ? value.map(coordinates) : floating(value));

/** Integers, and what tells no types of what is inside: JSON, Dynamic, Variant. */
const anything: Reviver = (value) => {
  const numeral = numeralIn(value);
  if (numeral !== undefined) {
    const number = Number(numeral);
    return /^-?\d+$/.test(numeral) && !Number.isSafeInteger(number) ? BigInt(numeral) : number;
  }
  return Array.isArray(value) ? value.map(anything) : mapValues(value, anything);
};

/** A replacer for JSON.stringify that writes what JSON has no numeral for. */
function writable(
  row: object,
  signedZeros: ReadonlySet<string>,
): (this: unknown, key: string, value: unknown) => unknown {
  let column = '';
  return function (key, value) {
    if (this === row) column = key;
    const original = (this as Record<string, unknown>)[key];
    if (original instanceof Date && Number.isNaN(original.getTime()))
      throw new TypeError(`${column} has an invalid Date: write null for NULL, or leave the column out.`);
    if (typeof value === 'bigint') return `${mark}${value}`;
    if (typeof value !== 'number') return value;
    if (Number.isNaN(value)) return 'nan';
    if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
    if (Object.is(value, -0) && signedZeros.has(column)) return `${mark}-0`;
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? `${mark}${BigInt(value)}` : value;
  };
}

/** Whether there is a -0 in a value, at any depth. */
export function holdsMinusZero(value: unknown): boolean {
  return typeof value === 'object' && value !== null ? Object.values(value).some(holdsMinusZero) : Object.is(value, -0);
}
