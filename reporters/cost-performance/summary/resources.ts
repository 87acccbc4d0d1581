import { max } from 'd3-array';
import type { RunRecord } from '../record.ts';
import type { Summary } from './summary-schema.ts';

type Resources = Summary['resources'];

/** The percentage of memory or disk from which a shortage is reported. */
const nearlyAll = 95;

/** The resources used during the run, and shortages. */
export function summarizeResources({ shards, startedAt }: RunRecord): Resources {
  const samples = shards.flatMap(({ index, resources }) =>
    resources.map((sample) => ({ ...sample, shard: index, at: sample.at - startedAt })),
  );
  if (samples.length === 0) return { samples, peak: null, alerts: [] };
  const peak = {
    cpuPercent: max(samples, ({ cpuPercent }) => cpuPercent)!,
    memoryPercent: max(samples, ({ memoryUsed, memoryTotal }) => (100 * memoryUsed) / memoryTotal)!,
    diskPercent: max(samples, ({ diskFree, diskTotal }) => 100 * (1 - diskFree / diskTotal))!,
    processes: max(samples, ({ processes }) => processes) ?? null,
    connections: max(samples, ({ connections }) => connections) ?? null,
  };
  return { samples, peak, alerts: alerts(peak) };
}

function alerts({ memoryPercent, diskPercent }: NonNullable<Resources['peak']>): string[] {
  return [
    ...(memoryPercent < nearlyAll
      ? []
      : [`Memory was ${memoryPercent.toFixed(0)} % full: run fewer workers (--workers), or on a machine with more.`]),
    ...(diskPercent < nearlyAll
      ? []
      : [
          `The disk was ${diskPercent.toFixed(0)} % full where the run keeps its data: point PROVING_GROUND_FOLDER at one with more room.`,
        ]),
  ];
}
