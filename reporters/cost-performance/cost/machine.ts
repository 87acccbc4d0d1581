import { fsum, rollup } from 'd3-array';
import type { AttemptRecord, RunRecord } from '../record.ts';
import { attemptsOf, type Bill, type Charge } from './charge.ts';
import { priceOf, type PriceTable } from './price-table.ts';

/**
 * The cost of the runners, by each shard's wall clock. A worker's lane costs its share of the machine, and an attempt
 * pays for the time that it occupied a lane, whatever ran beside it. Unused time (idle lanes, start, end) is divided
 * among the areas in proportion to their tests' use; if no attempt used any time, it is the run's own.
 */
export function machineBill(record: RunRecord, prices: PriceTable, billing: Charge['billing']): Bill {
  const attempts = attemptsOf(record);
  const used: Charge[] = [];
  const unused: number[] = [];
  for (const { index, workers, durationMs } of record.shards) {
    const price = priceOf(prices, 'machine', durationMs / 1000);
    const here = attempts.filter(({ attempt }) => attempt.shard === index);
    const busy = fsum(here, ({ attempt }) => busyTime(attempt));
    const capacity = Math.max(workers * durationMs, busy, 1); // clocks of runner and workers may differ a little
    used.push(
      ...here.map(({ attempt, payer }): Charge => ({
        payer,
        item: 'machine',
        billing,
        usd: (price * busyTime(attempt)) / capacity,
      })),
    );
    unused.push(price * (1 - busy / capacity));
  }
  const overhead = fsum(unused);
  const total = fsum(used, ({ usd }) => usd);
  const byArea = rollup(
    used,
    (charges) => fsum(charges, ({ usd }) => usd),
    ({ payer }) => payer.area!,
  );
  const shared = total === 0 ? [{ share: 1 }] : [...byArea].map(([area, usd]) => ({ area, share: usd / total }));
  const known = new Set(record.shards.map(({ index }) => index));
  const unknown = new Set(attempts.map(({ attempt }) => attempt.shard).filter((shard) => !known.has(shard)));
  return {
    charges: [
      ...used,
      ...shared.map(({ share, ...area }): Charge => ({
        payer: { ...area, wasted: false },
        item: 'machine',
        billing,
        usd: overhead * share,
      })),
    ],
    unpriced: [...unknown].map((shard) => `The machine of shard ${shard} has no price: how long it ran is not known.`),
  };
}

/** Milliseconds for which an attempt occupied its lane, including worker fixtures, which `durationMs` excludes. */
function busyTime({ time: { setUp, test, waiting, teardown } }: AttemptRecord): number {
  return setUp + test + waiting + teardown;
}
