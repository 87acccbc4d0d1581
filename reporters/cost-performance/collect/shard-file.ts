import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../../helpers/lib/environment.ts';
import type { Measurement } from '../../../helpers/run/measurements/index.ts';
import { inventoryKinds, type ShardRecord } from '../record.ts';

/** A shard's data that its blob cannot contain. */
export interface ShardFile {
  readonly shard: ShardRecord;
  /** Ids of the tests that it ran. */
  readonly tests: readonly string[];
  /** Measurements of attempts that could not attach them. */
  readonly attempts: readonly { readonly attempt: string; readonly measurements: readonly Measurement[] }[];
}

const prefix = 'cost-performance-';

/** Writes it into the folder of blobs, where merging ignores it. */
export function writeShardFile(folder: string, shardFile: ShardFile): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path.join(folder, `${prefix}${shardFile.shard.index}.json`),
    JSON.stringify({ version: 1, ...shardFile }),
  );
}

export interface ShardFiles {
  readonly shardFiles: readonly ShardFile[];
  /** Missing or damaged files, each in one sentence. */
  readonly complaints: readonly string[];
}

/** Reads all shard files in a folder of blobs, by the number of their shard. */
export function readShardFiles(folder: string): ShardFiles {
  const blobs = namesIn(folder).filter((name) => name.endsWith('.zip'));
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
  if (blobs.length > files.length)
    complaints.push(
      `${folder} has ${blobs.length} blobs and ${files.length} of the files ${prefix}<shard>.json that belong beside them: what the other shards measured outside of their tests is not known.`,
    );
  return { shardFiles: companions.toSorted((left, right) => left.shard.index - right.shard.index), complaints };
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
  version: z.literal(1),
  tests: z.array(z.string()),
  attempts: z.array(z.object({ attempt: z.string(), measurements: z.array(measurement) })),
  shard: z.object({
    index: z.number().int(),
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
