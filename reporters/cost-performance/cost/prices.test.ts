import { writeFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { UsageError } from '../../../helpers/lib/usage.ts';
import { listPrices, pricedItems, priceOf } from './price-table.ts';
import { overridePrices, readPrices } from './prices.ts';

const known = ['date', 'source', ...pricedItems].join(', ');

test('one unit of each item costs its price', () => {
  const amounts = {
    machine: 60,
    'fargate.vcpu': 3600,
    'fargate.memory': 3600,
    'fargate.arm.vcpu': 3600,
    'fargate.arm.memory': 3600,
    'fargate.storage': 3600,
    'dynamodb.read': 1_000_000,
    'dynamodb.write': 1_000_000,
    sqs: 1_000_000,
    'sqs.fifo': 1_000_000,
    ses: 1000,
    efs: 1_073_741_824 * 2_628_000,
  };
  expect(
    Object.fromEntries(pricedItems.map((item) => [item, Number(priceOf(listPrices, item, amounts[item]).toFixed(12))])),
  ).toEqual({
    machine: 0.006,
    'fargate.vcpu': 0.04048,
    'fargate.memory': 0.004445,
    'fargate.arm.vcpu': 0.03238,
    'fargate.arm.memory': 0.00356,
    'fargate.storage': 0.000111,
    'dynamodb.read': 0.125,
    'dynamodb.write': 0.625,
    sqs: 0.4,
    'sqs.fifo': 0.5,
    ses: 0.1,
    efs: 0.3,
  });
});

test('an overridden price has its own date and source, and the others keep theirs', () => {
  const prices = overridePrices(listPrices, { date: '2026-11-01', source: 'our contract', sqs: 0.3, machine: 0 });
  expect(prices.items).toEqual({
    ...listPrices.items,
    sqs: { usd: 0.3, per: 'million requests', date: '2026-11-01', source: 'our contract' },
    machine: { usd: 0, per: 'minute', date: '2026-11-01', source: 'our contract' },
  });
  expect({ date: prices.date, source: prices.source }).toEqual({
    date: '2026-11-01',
    source: 'our contract; else list prices of AWS (us-east-1) and GitHub of 2026-09',
  });
});

test('overriding every price leaves nothing of the default table', () => {
  const { source } = overridePrices(
    listPrices,
    { date: '2026-11-01', ...Object.fromEntries(pricedItems.map((item) => [item, 1])) },
    'prices.json',
  );
  expect(source).toBe('prices.json');
});

for (const { given, sentence } of [
  { given: { date: '2026-11-01', sqs: -0.3 }, sentence: 'Prices: "sqs" is -0.3, and must be US dollars, 0 or more.' },
  {
    given: { date: '2026-11-01', 'fargate.vcpu': '0.04' },
    sentence: 'Prices: "fargate.vcpu" is \'0.04\', and must be US dollars, 0 or more.',
  },
  { given: { date: '2026-11-01', efs: NaN }, sentence: 'Prices: "efs" is NaN, and must be US dollars, 0 or more.' },
  {
    given: { date: '2026-11-01', efs: Infinity },
    sentence: 'Prices: "efs" is Infinity, and must be US dollars, 0 or more.',
  },
  { given: { date: '2026-11-01', ses: null }, sentence: 'Prices: "ses" is null, and must be US dollars, 0 or more.' },
  { given: { date: '2026-11-01', s3: 1 }, sentence: `Prices: "s3" is not known; known are ${known}.` },
  { given: { sqs: 0.3 }, sentence: 'Prices: "date" is missing, and must be a date such as 2026-09-21.' },
  {
    given: { date: '2026-02-30' },
    sentence: 'Prices: "date" is \'2026-02-30\', and must be a date such as 2026-09-21.',
  },
  {
    given: { date: '2026-11-01', source: 7 },
    sentence: 'Prices: "source" is 7, and must be text that says where the prices are from.',
  },
  { given: [1, 2], sentence: 'Prices: [ 1, 2 ] is no object.' },
  { given: undefined, sentence: 'Prices: undefined is no object.' },
]) {
  test(`refused: ${sentence}`, () => {
    expect(() => overridePrices(listPrices, given)).toThrow(new UsageError(sentence));
  });
}

test('prices are read from a JSON file, and its errors name the file', ({}, testInfo) => {
  const [file, negative, broken, missing] = ['prices', 'negative', 'broken', 'missing'].map((name) =>
    testInfo.outputPath(`${name}.json`),
  ) as [string, string, string, string];
  writeFileSync(file, '{ "date": "2026-11-01", "sqs": 0.3 }');
  writeFileSync(negative, '{ "date": "2026-11-01", "machine": -1 }');
  writeFileSync(broken, '{ "date": ');
  expect(readPrices(listPrices, file).items.sqs).toEqual({
    usd: 0.3,
    per: 'million requests',
    date: '2026-11-01',
    source: file,
  });
  expect(() => readPrices(listPrices, negative)).toThrow(
    new UsageError(`${negative}: "machine" is -1, and must be US dollars, 0 or more.`),
  );
  expect(() => readPrices(listPrices, broken)).toThrow(
    new UsageError(`Prices cannot be read from ${broken}: Unexpected end of JSON input.`),
  );
  expect(() => readPrices(listPrices, missing)).toThrow(
    new UsageError(`Prices cannot be read from ${missing}: ENOENT: no such file or directory, open '${missing}'.`),
  );
});
