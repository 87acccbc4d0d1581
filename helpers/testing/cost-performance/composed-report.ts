import { withFault } from '../../faults/inject.ts';
import { expect, test as base } from '../index.ts';
import { readOptions, type ReporterOptions } from '../../../reporters/cost-performance/options.ts';
import { type ReporterParts, reporterParts } from '../../../reporters/cost-performance/parts.ts';
import type { RunRecord, ShardRecord } from '../../../reporters/cost-performance/record.ts';
import { type Report, reportOn } from '../../../reporters/cost-performance/report.ts';

export { expect };

interface Composed {
  /** The reporter's parts. */
  parts: ReporterParts;
  /** Reports on an unbilled run, compared with earlier ones. */
  report: (record: RunRecord, before?: readonly RunRecord[], options?: ReporterOptions) => Report;
}

/** Every test uses the whole report with all its parts, so that a fault in any of them is noticed. */
export const test = base.extend<Composed>({
  parts: async ({ fault }, use) => {
    await use(await withFault('reporter', reporterParts, fault));
  },
  report: async ({ parts }, use) => {
    const report: Composed['report'] = (record, before = [], options = {}) =>
      reportOn(
        record,
        { runs: before.flatMap((earlier) => report(earlier).entry ?? []), problems: [] },
        readOptions({ machine: 'notional', ...options }, (file) => file),
        parts,
      );
    await use(report);
  },
});

/** The first shard, of which nothing is known but this. */
export function sampleShard(more: Partial<ShardRecord> = {}): ShardRecord {
  const index = more.index ?? 1;
  return {
    index,
    name: `shard ${index}`,
    workers: 1,
    startedAt: 0,
    durationMs: 0,
    machine: 'a machine',
    ledger: [],
    calibration: [],
    contention: [],
    resources: [],
    problems: [],
    ...more,
  };
}
