import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { UsageError } from '../../../helpers/lib/usage.ts';
import { type Price, type PricedItem, pricedItems, type PriceTable } from './price-table.ts';
import { usd, validated } from '../validated.ts';

const price = usd.optional();

const overrides = z.strictObject({
  date: z.iso.date('a date such as 2026-09-21'),
  source: z.string('text that says where the prices are from').optional(),
  ...(Object.fromEntries(pricedItems.map((item) => [item, price])) as Record<PricedItem, typeof price>),
});

/**
 * The table with other prices for some items, in the same units:
 * `{ date: '2026-11-01', source: 'our contract', sqs: 0.3 }`.
 * @throws UsageError in one sentence that begins with `where`, when an item is unknown, a price negative or the date
 * missing.
 */
export function overridePrices(table: PriceTable, given: unknown, where = 'Prices'): PriceTable {
  const { date, source = where, ...prices } = validated(overrides, given, where);
  const changed = pricedItems.flatMap((item): [PricedItem, Price][] => {
    const overridden = prices[item];
    return overridden === undefined ? [] : [[item, { usd: overridden, per: table.items[item].per, date, source }]];
  });
  const rest = changed.length === pricedItems.length ? '' : `; else ${table.source} of ${table.date}`;
  return { date, source: `${source}${rest}`, items: { ...table.items, ...Object.fromEntries(changed) } };
}

/** The same with prices from a JSON file. @throws UsageError also when there is no such file, or it is not JSON. */
export function readPrices(table: PriceTable, file: string): PriceTable {
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`Prices cannot be read from ${file}: ${(error as Error).message}.`);
  }
  return overridePrices(table, given, file);
}
