/**
 * `npm run shards -- 3 [--parallel] [arguments of playwright test]`: does on this machine what CI does on several. Runs
 * the shards, merges their reports, and prints how long each took. Fails when a shard fails.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { max, min } from 'd3-array';
import { UsageError } from '../../lib/usage.ts';
import { readArguments, type ShardsRequest } from './arguments.ts';
import { Playwright } from './playwright.ts';

interface Shard {
  readonly index: number;
  readonly passed: boolean;
  readonly seconds: number;
}

/** Playwright's folder for blobs; shards put their own files beside them. */
const blobs = 'blob-report';

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  try {
    return await runShards(readArguments(argv));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

async function runShards({ shards, parallel, rest }: ShardsRequest): Promise<number> {
  rmSync(blobs, { recursive: true, force: true });
  const playwright = new Playwright();
  const run = async (index: number): Promise<Shard> => {
    const start = performance.now();
    const passed = await playwright.run(
      ['test', ...rest, `--shard=${index}/${shards}`, `--output=${path.join('test-results', `shard-${index}`)}`],
      {
        // A file, because Playwright empties a folder.
        env: { PLAYWRIGHT_BLOB_OUTPUT_FILE: path.resolve(blobs, `report-${index}.zip`) },
        held: parallel,
      },
    );
    return { index, passed, seconds: (performance.now() - start) / 1000 };
  };
  const indices = Array.from({ length: shards }, (_, index) => index + 1);
  const done = parallel ? await Promise.all(indices.map(run)) : await oneByOne(indices, run);
  const merged = await playwright.run(['merge-reports', '--config=merge.config.ts', blobs]);
  if (playwright.isInterrupted) {
    rmSync(blobs, { recursive: true, force: true }); // merged already
    return 130;
  }
  process.stdout.write(`\n${describe(done)}\n`);
  return merged && done.every(({ passed }) => passed) ? 0 : 1;
}

async function oneByOne(indices: readonly number[], run: (index: number) => Promise<Shard>): Promise<Shard[]> {
  const done: Shard[] = [];
  for (const index of indices) done.push(await run(index));
  return done;
}

function describe(shards: readonly Shard[]): string {
  const seconds = shards.map((shard) => shard.seconds);
  const lines = shards.map(
    (shard) => `shard ${shard.index}  ${shard.seconds.toFixed(1).padStart(6)} s  ${shard.passed ? 'passed' : 'failed'}`,
  );
  return [
    ...lines,
    `The slowest took ${Math.round(100 * (max(seconds)! / min(seconds)! - 1))} % longer than the fastest.`,
  ].join('\n');
}
