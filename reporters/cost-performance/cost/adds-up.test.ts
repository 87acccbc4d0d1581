import { expect, test } from '@playwright/test';
import { sum } from 'd3-array';
import fc from 'fast-check';
import type { Measurement } from '../../../helpers/run/measurements/index.ts';
import type { RunRecord } from '../record.ts';
import { type Charge, type Cost, costOfCharges } from './charge.ts';
import { machineBill } from './machine.ts';
import { listPrices } from './price-table.ts';
import { costOf } from './run-cost.ts';
import {
  requests,
  sampleRecord,
  type SampleTest,
  storage,
  taskTime,
} from '../../../helpers/testing/cost-performance/sample-record.ts';
import { serviceBill } from './services.ts';
import { taskBill } from './tasks.ts';

const area = fc.constantFrom('databases', 'experiments', 'sessions');
/** All readings of a task have the same attributes. */
const task = fc.constantFrom<[string, Record<string, string>]>(
  ['task-1', {}],
  ['task-2', { billed: 'yes' }],
  ['task-3', { vcpu: '4', memoryGb: '8', storageGb: '100' }],
  ['task-4', { architecture: 'ARM64' }],
);
const taskReading = fc
  .tuple(task, fc.nat(200_000))
  .map(([[arn, attributes], ms]) => taskTime(arn, ms / 1000, attributes));
const measurement: fc.Arbitrary<Measurement> = fc.oneof(
  taskReading,
  fc
    .tuple(fc.constantFrom('sqs', 'ses', 'dynamodb.read'), fc.nat(10_000))
    .map(([service, count]) => requests(service, count)),
  fc.tuple(fc.nat(2 ** 30), fc.nat(100_000)).map(([bytes, seconds]) => storage(bytes, seconds)),
);
const measurements = fc.array(measurement, { maxLength: 5 });
const attempt = fc.record({ ms: fc.nat(60_000), shard: fc.constantFrom(1, 2), measurements });
const tests = fc
  .array(fc.record({ area, attempts: fc.array(attempt, { maxLength: 3 }) }), { maxLength: 8 })
  .map((all) => Object.fromEntries(all.map((one, index) => [`test-${index}`, one])));
const shard = fc.record({
  ms: fc.integer({ min: 1, max: 120_000 }),
  workers: fc.integer({ min: 1, max: 4 }),
  ledger: fc.array(fc.record({ area, measurement }), { maxLength: 3 }),
});
/** At least one attempt takes some time; otherwise the machine belongs to no area. */
const record = fc
  .tuple(tests, fc.tuple(shard, shard))
  .map(([all, shards]) => sampleRecord({ ...all, always: { area: 'databases', attempts: [{ ms: 1000 }] } }, shards));
const billing = fc.constantFrom('spent' as const, 'notional' as const);

/** The precision of compared amounts; the rest is rounding. */
const digits = 12;

test('a run costs the sum of its areas, an area that of its tests and its own, and nothing is negative', () => {
  fc.assert(
    fc.property(record, billing, (run, machine) => {
      const cost = costOf(run, listPrices, { machine });
      const areas = [...cost.areas.values()];
      for (const amount of amounts(cost.run)) {
        expect(
          sum(areas, (one) => amountOf(one, amount)),
          amount,
        ).toBeCloseTo(amountOf(cost.run, amount), digits);
        expect(amountOf(cost.run, amount), amount).toBeGreaterThanOrEqual(0);
      }
      for (const [name, of] of cost.areas) {
        const inArea = run.tests.filter((one) => one.area === name).map(({ id }) => cost.tests.get(id)!);
        expect(sum(inArea, ({ wastedByRetries }) => wastedByRetries)).toBeCloseTo(of.wastedByRetries, digits);
        for (const kind of ['spent', 'notional'] as const) {
          expect(inArea.every((one) => one[kind] >= 0)).toBe(true);
          const own = costOfCharges(
            allCharges(run, machine).filter(({ payer }) => payer.area === name && payer.test === undefined),
          )[kind].total;
          expect(sum(inArea, (one) => one[kind]) + own).toBeCloseTo(of[kind].total, digits);
        }
      }
    }),
  );
});

test("the total is the sum of its parts, and the machine's part is proportional to time", () => {
  fc.assert(
    fc.property(record, billing, (run, machine) => {
      const { spent, notional } = costOf(run, listPrices, { machine }).run;
      for (const { total, ...parts } of [spent, notional]) expect(sum(Object.values(parts))).toBeCloseTo(total, digits);
      expect(spent.machine + notional.machine).toBeCloseTo(
        (sum(run.shards, ({ durationMs }) => durationMs) / 60_000) * 0.006,
        digits,
      );
    }),
  );
});

test('longer use never costs less', () => {
  fc.assert(
    fc.property(record, taskReading, fc.nat(100_000), (run, reading, ms) => {
      const total = (...more: Measurement[]): number => taskCost(withLedger(run, more));
      const longer = { ...reading, value: reading.value + ms / 1000 };
      expect(total(longer)).toBeGreaterThanOrEqual(total(reading) * (1 - 1e-12));
    }),
  );
});

test('splitting a reading does not change its cost', () => {
  fc.assert(
    fc.property(tests, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
      const split = Object.fromEntries(
        Object.entries(all).map(([id, one]): [string, SampleTest] => [
          id,
          {
            ...one,
            attempts: one.attempts.map((each) => ({
              ...each,
              measurements: each.measurements.flatMap((reading) => [
                { ...reading, value: reading.value * share },
                { ...reading, value: reading.value * (1 - share) },
              ]),
            })),
          },
        ]),
      );
      const shards = [
        { ms: 60_000, workers: 2 },
        { ms: 30_000, workers: 1 },
      ];
      const [whole, halves] = [all, split].map((some) =>
        costOf(sampleRecord(some, shards), listPrices, { machine: 'notional' }),
      ) as [ReturnType<typeof costOf>, ReturnType<typeof costOf>];
      expect(halves.billedTaskSeconds).toBe(whole.billedTaskSeconds);
      for (const [id, { spent, notional, wastedByRetries }] of whole.tests) {
        expect(halves.tests.get(id)!.spent).toBeCloseTo(spent, digits);
        expect(halves.tests.get(id)!.notional).toBeCloseTo(notional, digits);
        expect(halves.tests.get(id)!.wastedByRetries).toBeCloseTo(wastedByRetries, digits);
      }
      expect(halves.run.notional.total).toBeCloseTo(whole.run.notional.total, digits);
    }),
  );
});

function allCharges(run: RunRecord, machine: Charge['billing']): Charge[] {
  return [machineBill(run, listPrices, machine), taskBill(run, listPrices), serviceBill(run, listPrices)].flatMap(
    ({ charges }) => charges,
  );
}

function taskCost(run: RunRecord): number {
  const { spent, notional } = costOfCharges(taskBill(run, listPrices).charges);
  return spent.total + notional.total;
}

function withLedger(run: RunRecord, more: readonly Measurement[]): RunRecord {
  const [first, ...rest] = run.shards;
  return {
    ...run,
    shards: [
      { ...first!, ledger: [...first!.ledger, ...more.map((one) => ({ area: 'sessions', measurement: one }))] },
      ...rest,
    ],
  };
}

/** The path of each amount of a cost. */
function amounts(cost: Cost): string[] {
  return [
    'wastedByRetries',
    ...(['spent', 'notional'] as const).flatMap((kind) => Object.keys(cost[kind]).map((item) => `${kind}.${item}`)),
  ];
}

function amountOf(cost: Cost, path: string): number {
  const [kind, item] = path.split('.') as ['spent' | 'notional', keyof Cost['spent'] | undefined];
  return item === undefined ? cost.wastedByRetries : cost[kind][item];
}
