import { z } from 'zod';
import type { RunRecord } from '../record.ts';
import type { Bill, Charge } from './charge.ts';
import { priceOf, type PriceTable, requestServices, storageServices } from './price-table.ts';
import { amount, billing, readingsOf, value } from './readings.ts';

const requests = z.object({
  unit: z.literal('count', 'count'),
  value,
  service: z.enum(requestServices, `one of ${requestServices.join(', ')}`),
  billed: billing,
});
const storage = z.object({
  unit: z.literal('bytes', 'bytes'),
  value,
  service: z.enum(storageServices, `one of ${storageServices.join(', ')}`),
  seconds: amount,
  billed: billing,
});

/** The cost of requests to services (`cloud.requests`) and of their storage (`cloud.storage`). */
export function serviceBill(record: RunRecord, prices: PriceTable): Bill {
  const [asked, kept] = [readingsOf(record, 'cloud.requests', requests), readingsOf(record, 'cloud.storage', storage)];
  return {
    charges: [
      ...asked.readings.map(({ payer, fields }): Charge => ({
        payer,
        item: 'requests',
        billing: fields.billed,
        usd: priceOf(prices, fields.service, fields.value),
      })),
      ...kept.readings.map(({ payer, fields }): Charge => ({
        payer,
        item: 'storage',
        billing: fields.billed,
        usd: priceOf(prices, fields.service, fields.value * fields.seconds),
      })),
    ],
    unpriced: [...asked.unpriced, ...kept.unpriced],
  };
}
