import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../../helpers/lib/environment.ts';
import type { Measurement } from '../../../helpers/run/measurements/index.ts';
import { inventoryKinds, type RunRecord, type ShardRecord } from '../record.ts';
import { type Runner, runnerSchema } from './runner.ts';
import { type PlannedTest, plannedTestSchema } from './whole-run.ts';

/** A shard's data that its blob cannot contain. */
export interface ShardFile {
  readonly runner: Runner;
  readonly shard: ShardRecord;
  readonly status: RunRecord['status'];
  /** Outside of tests. */
  readonly errors: readonly string[];
  /** Ids of the tests that it was to run. */
  readonly tests: readonly string[];
  /** The tests of the whole run; none where they are not known. */
  readonly planned: readonly PlannedTest[];
  /** Measurements of attempts that could not attach them. */
  readonly attempts: readonly { readonly attempt: string; readonly measurements: readonly Measurement[] }[];
}

const prefix = 'cost-performance-';

/** Its name is its runner's own, so that a shard that is run again replaces no file of the first time. */
export function shardFileName({ id, shard }: Runner): string {
  return `${prefix}${shard?.current ?? 'whole'}-${id}.json`;
}

/** Writes it into the folder of blobs, where merging ignores it. */
export function writeShardFile(folder: string, name: string, shardFile: ShardFile): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, name), JSON.stringify({ version: 2, ...shardFile }));
}

export interface ShardFiles {
  readonly shardFiles: readonly ShardFile[];
  /** Damaged files, each in one sentence. */
  readonly complaints: readonly string[];
}

/** Reads all shard files in a folder of blobs. */
export function readShardFiles(folder: string): ShardFiles {
  const files = namesIn(folder).filter((name) => name.startsWith(prefix) && name.endsWith('.json'));
  const companions: ShardFile[] = [];
  const complaints: string[] = [];
  for (const name of files) {
    try {
      companions.push(shardFileSchema.parse(JSON.parse(readFileSync(path.join(folder, name), 'utf8'))) as ShardFile);
    } catch (error) {
      complaints.push(
        `${path.join(folder, name)} is damaged (${messageOf(error).split('\n')[0]}): what that shard measured outside of its tests is not known.`,
      );
    }
  }
  return { shardFiles: companions, complaints };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

const measurement = z.object({
  name: z.string(),
  value: z.number(),
  unit: z.enum(['ms', 's', 'bytes', 'count', 'usd', 'percent']),
  attributes: z.record(z.string(), z.string()),
  scope: z.literal('worker').optional(),
});
const inventory = z.object(Object.fromEntries(inventoryKinds.map((kind) => [kind, z.array(z.string())])));

const shardFileSchema = z.object({
  version: z.literal(2),
  runner: runnerSchema,
  status: z.enum(['passed', 'failed', 'timedout', 'interrupted']),
  errors: z.array(z.string()),
  tests: z.array(z.string()),
  planned: z.array(plannedTestSchema),
  attempts: z.array(z.object({ attempt: z.string(), measurements: z.array(measurement) })),
  shard: z.object({
    index: z.number().int(),
    name: z.string(),
    workers: z.number().int(),
    startedAt: z.number(),
    durationMs: z.number(),
    machine: z.string(),
    ledger: z.array(z.object({ area: z.string(), measurement })),
    calibration: z.array(z.number()),
    contention: z.array(z.number()),
    resources: z.array(
      z.object({
        at: z.number(),
        cpuPercent: z.number(),
        memoryUsed: z.number(),
        memoryTotal: z.number(),
        diskFree: z.number(),
        diskTotal: z.number(),
        processes: z.number().optional(),
        connections: z.number().optional(),
      }),
    ),
    run: z.string().optional(),
    inventory: z.object({ before: inventory, after: inventory }).optional(),
    problems: z.array(z.string()),
  }),
});
