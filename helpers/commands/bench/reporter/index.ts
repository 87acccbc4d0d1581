import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EnvironmentUnavailable } from '../../../lib/environment.ts';
import type { Bench } from '../bench.ts';
import type { Goal, Report } from '../report.ts';
import { median, medianInterval } from '../statistics.ts';
import { type CommandTimes, timeCommand } from '../command.ts';

const pairs = 20;
const specs = 'specs/databases/postgres';
const playwright = createRequire(import.meta.url).resolve('@playwright/test/cli');
const config = fileURLToPath(new URL('../inner.config.ts', import.meta.url));

interface Pair {
  readonly with: CommandTimes;
  readonly without: CommandTimes;
}

/**
 * The cost of our reporters: whole runs of the same specs, alternately with all configured reporters and without ours
 * (cost and performance, progress, balanced shards). The fixtures record their measurements in both, which costs some
 * microseconds each; the links from tests to our page exist only with the reporter, and so are counted. The result is
 * the median difference of a pair, as wall time and as processor time, which is more reliable on a machine with other
 * work.
 */
export const benchReporter: Bench = async ({ target }, report) => {
  if (target !== 'local')
    throw new EnvironmentUnavailable(
      `The bench measures runs on servers that they have for themselves: run it with TARGET=local, not ${target}.`,
    );
  const folder = mkdtempSync(path.join(tmpdir(), 'proving-ground-bench-'));
  try {
    await runPair(folder, 0); // warms caches up, and begins the history
    const measured: Pair[] = [];
    for (let pair = 0; pair < pairs; pair++) measured.push(await runPair(folder, pair));
    tell(report, measured);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Alternates which run of a pair comes first, so that neither gains by its position. */
async function runPair(folder: string, pair: number): Promise<Pair> {
  const runWith = (): Promise<CommandTimes> => run(path.join(folder, 'with'), 'as configured');
  const runWithout = (): Promise<CommandTimes> => run(path.join(folder, 'without'), 'without ours');
  if (pair % 2 === 0) return { without: await runWithout(), with: await runWith() };
  return { with: await runWith(), without: await runWithout() };
}

function run(folder: string, reporters: 'as configured' | 'without ours'): Promise<CommandTimes> {
  return timeCommand([process.execPath, playwright, 'test', specs, `--config=${config}`, '--project=databases'], {
    BENCH_FOLDER: folder,
    BENCH_REPORTERS: reporters,
    PLAYWRIGHT_HTML_OUTPUT_DIR: path.join(folder, 'report'),
    GITHUB_STEP_SUMMARY: path.join(folder, 'summary.md'),
  });
}

function tell(report: Report, measured: readonly Pair[]): void {
  const row = (label: string, kind: keyof CommandTimes, key: string, goal?: Goal): string[] => {
    const of = (which: keyof Pair): number[] => measured.map((pair) => pair[which][kind]);
    const overheads = measured.map((pair) => 100 * (pair.with[kind] / pair.without[kind] - 1));
    const [least, most] = medianInterval(overheads);
    const verdict = report.figure(key, median(overheads), goal);
    report.figure(`${key}_at_least`, least);
    report.figure(`${key}_at_most`, most);
    return [
      label,
      median(of('without')).toFixed(0),
      median(of('with')).toFixed(0),
      median(overheads).toFixed(2),
      `${least.toFixed(2)} to ${most.toFixed(2)}`,
      verdict,
    ];
  };
  report.table(
    `Our reporters in a run of ${specs}, ${measured.length} pairs of runs`,
    ['', 'without ms', 'with ms', 'overhead %', 'by 95 % within', 'goal'],
    [row('wall time', 'wall', 'overhead_percent', { atMost: 2 }), row('processor time', 'cpu', 'cpu_overhead_percent')],
  );
  report.say('Where the interval is wider than what is looked for, the machine has too much other work to tell.');
}
