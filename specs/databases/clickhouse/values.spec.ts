import fc from 'fast-check';
import { expect, test } from '../../../fixtures/index.ts';

test('a query answers exactly what is stored', async ({ clickhouse }) => {
  const [row] = await clickhouse.query(`SELECT
    toUInt64('18446744073709551615') AS u64, toInt64('-9223372036854775808') AS i64, toUInt64(7) AS small,
    toInt128('-170141183460469231731687303715884105728') AS i128, toUInt256('${2n ** 256n - 1n}') AS u256,
    nan AS nothing, inf AS most, -inf AS least, toFloat64('-0') AS zero, 0.1 + 0.2 AS sum, 1e20 AS large,
    toDecimal64('1.50', 2) AS price, toDecimal128('12345678901234567890.0000000001', 10) AS digits,
    toDateTime64('2026-01-02 03:04:05.123456789', 9, 'UTC') AS moment,
    [toUInt64('9007199254740993'), 1] AS list, map('a', nan) AS pairs, [NULL, inf] AS some,
    CAST((9007199254740993, -inf), 'Tuple(\`a b\` UInt64, f Float64)') AS named, (nan, '9007199254740993') AS unnamed,
    'nan' AS text, '9007199254740993' AS numeral, CAST('{"n": 9007199254740993}', 'JSON') AS document,
    CAST('inf', 'LowCardinality(Nullable(String))') AS rare, (1, nan)::Point AS point`);
  expect(row).toEqual({
    u64: 18_446_744_073_709_551_615n,
    i64: -9_223_372_036_854_775_808n,
    small: 7,
    i128: -170_141_183_460_469_231_731_687_303_715_884_105_728n,
    u256: 2n ** 256n - 1n,
    nothing: NaN,
    most: Infinity,
    least: -Infinity,
    zero: -0,
    sum: 0.1 + 0.2,
    large: 1e20,
    price: 1.5,
    digits: '12345678901234567890.0000000001',
    moment: '2026-01-02 03:04:05.123456789',
    list: [9_007_199_254_740_993n, 1],
    pairs: { a: NaN },
    some: [null, Infinity],
    named: { 'a b': 9_007_199_254_740_993n, f: -Infinity },
    unnamed: [NaN, '9007199254740993'],
    text: 'nan',
    numeral: '9007199254740993',
    document: { n: 9_007_199_254_740_993n },
    rare: 'inf',
    point: [1, NaN],
  });
});

test('a parameter may be a bigint', async ({ clickhouse }) => {
  expect(
    await clickhouse.query('SELECT {n: UInt64} AS n, {list: Array(Int128)} AS list', { n: 2n ** 64n - 1n, list: [1n] }),
  ).toEqual([{ n: 2n ** 64n - 1n, list: [1] }]);
});

test('toHaveRow finds what is inserted, whatever its value', async ({ clickhouse }) => {
  await clickhouse.client.command({
    query:
      'CREATE TABLE odd (id UInt64, f Nullable(Float64), `row` String, matches Int128) ENGINE = MergeTree ORDER BY id',
  });
  await clickhouse.insert('odd', [
    { id: 1, f: NaN, row: 'a', matches: 2n ** 100n },
    { id: 2n, f: null, row: 'b', matches: 2 },
  ]);
  await expect(clickhouse).toHaveRow('odd', { id: 1, f: NaN, row: 'a', matches: 2n ** 100n });
  await expect(clickhouse).toHaveRow('odd', { f: null, row: 'b', matches: 2 });
  await expect(clickhouse).not.toHaveRow('odd', { id: 2, f: NaN });
  await expect(clickhouse).not.toHaveRow('odd', { id: 1, row: 'b' });
});

test('an invalid Date is refused', async ({ clickhouse }) => {
  await expect(clickhouse.insert('users', [{ id: 9, created_at: new Date('soon') }])).rejects.toThrow(
    'created_at has an invalid Date: write null for NULL, or leave the column out.',
  );
});

const integer = (bits: bigint, signed: boolean) =>
  fc
    .bigInt(signed ? -(2n ** (bits - 1n)) : 0n, 2n ** (signed ? bits - 1n : bits) - 1n)
    .map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));
const decimal = fc
  .tuple(fc.bigInt(-(10n ** 27n), 10n ** 27n), fc.integer({ min: 1, max: 9_999_999_999 }))
  .map(([whole, part]) => `${whole}.${String(part).padStart(10, '0').replace(/0+$/, '')}`)
  .filter((text) => text.replace(/\D/g, '').replace(/^0+/, '').length > 15);
const text = fc.string({ unit: 'grapheme' });

const rows = fc.uniqueArray(
  fc.record({
    id: fc.nat(),
    u64: integer(64n, false),
    i64: integer(64n, true),
    i128: integer(128n, true),
    u256: integer(256n, false),
    f64: fc.double(),
    f32: fc.float(),
    dec: decimal,
    line: text,
    maybe: fc.option(integer(64n, true)),
    list: fc.array(integer(64n, false), { maxLength: 3 }),
    pairs: fc.dictionary(text, fc.double(), { maxKeys: 2, noNullPrototype: true }),
    pair: fc.tuple(integer(64n, true), fc.option(fc.double())),
    moment: fc
      .tuple(fc.date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true }), fc.nat(999_999))
      .map(([date, nanos]) => `${date.toISOString().slice(0, 23).replace('T', ' ')}${String(nanos).padStart(6, '0')}`),
  }),
  { selector: ({ id }) => id, minLength: 1, maxLength: 8 },
);

for (const { title, numRuns, tag } of [
  { title: 'a query returns what was inserted', numRuns: 8, tag: '@short' },
  { title: 'a query returns what was inserted, three hundred times', numRuns: 300, tag: '@long' },
]) {
  test(title, { tag }, async ({ clickhouse }) => {
    test.setTimeout(30_000 + numRuns * 500);
    await clickhouse.client.command({
      query: `CREATE TABLE odd (id UInt32, u64 UInt64, i64 Int64, i128 Int128, u256 UInt256, f64 Float64, f32 Float32,
        dec Decimal(38, 10), line String, maybe Nullable(Int64), list Array(UInt64), pairs Map(String, Float64),
        pair Tuple(Int64, Nullable(Float64)), moment DateTime64(9, 'UTC')) ENGINE = Memory`,
    });
    await fc.assert(
      fc.asyncProperty(rows, async (inserted) => {
        await clickhouse.insert('odd', inserted);
        const found = await clickhouse.query<{ f32: number }>('SELECT * FROM odd ORDER BY id');
        await clickhouse.client.command({ query: 'TRUNCATE TABLE odd' });
        // A Float32 prints as the shortest number that stands for it.
        expect(found.map((row) => ({ ...row, f32: Math.fround(row.f32) }))).toEqual(
          inserted.toSorted((a, b) => a.id - b.id),
        );
      }),
      { numRuns },
    );
  });
}
