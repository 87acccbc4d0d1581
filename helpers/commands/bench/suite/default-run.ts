import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { group } from 'd3-array';
import { z } from 'zod';
import type { Bench } from '../bench.ts';
import { timeCommand } from '../command.ts';
import type { Report } from '../report.ts';
import { type Kind, ProcessSampler } from './processes/index.ts';
import { playwright } from './runs.ts';

/** What is read of our report's data: an area is a project, times are milliseconds. */
const summarySchema = z.object({
  all: z.array(
    z.object({ area: z.string(), attempts: z.array(z.object({ startedAt: z.number(), duration: z.number() })) }),
  ),
});

type Summary = z.infer<typeof summarySchema>;

/** In seconds. */
interface DefaultRun {
  readonly wall: number;
  /** Of all processes. */
  readonly cpu: number;
  /** Undefined where the system does not tell. */
  readonly byKind: ReadonlyMap<Kind, number> | undefined;
  readonly summary: Summary;
}

/** `npx playwright test` in this checkout, twice: what the second run takes, by kind of process and by area. */
export const measureDefaultRun: Bench = async (_, report) => {
  const first = await run();
  const second = await run();
  const rows = [
    ['wall time', first.wall, second.wall, report.figure('default_s', second.wall, { atMost: 90 })],
    ['processor time', first.cpu, second.cpu, report.figure('default_cpu_s', second.cpu, { atMost: 170 })],
  ] as const;
  report.table(
    `npx playwright test, ${second.summary.all.length} tests`,
    ['', 'first run s', 'second run s', 'goal'],
    rows.map(([label, before, after, verdict]) => [label, before.toFixed(1), after.toFixed(1), verdict]),
  );
  // A run differs from the next one by a few percent on a quiet machine.
  const slower = report.figure('second_over_first', second.wall / first.wall, { atMost: 1.05 });
  report.say(`The second run takes ${(second.wall / first.wall).toFixed(2)} times as long as the first: ${slower}.`);
  tellKinds(report, second);
  tellAreas(report, second.summary);
};

async function run(): Promise<DefaultRun> {
  const folder = mkdtempSync(path.join(tmpdir(), 'proving-ground-bench-'));
  let sampler: ProcessSampler | undefined;
  try {
    const { wall, cpu } = await timeCommand(
      [process.execPath, playwright, 'test'],
      { PLAYWRIGHT_HTML_OUTPUT_DIR: folder },
      (shell) => (sampler = process.platform === 'linux' ? new ProcessSampler(shell) : undefined),
    );
    const byKind = sampler?.end(cpu);
    const summary = summarySchema.parse(JSON.parse(readFileSync(path.join(folder, 'cost-performance.json'), 'utf8')));
    const all = byKind === undefined ? cpu : [...byKind.values()].reduce((sum, one) => sum + one, 0);
    return { wall: wall / 1000, cpu: all / 1000, byKind, summary };
  } finally {
    sampler?.[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  }
}

function tellKinds(report: Report, { cpu, byKind }: DefaultRun): void {
  if (byKind === undefined) return report.say('Which processes use the time is measured on Linux alone, by /proc.');
  const sorted = [...byKind].toSorted(([, a], [, b]) => b - a);
  report.table(
    'Processor time of the second run by kind of process',
    ['', 's', '%'],
    sorted.map(([kind, time]) => {
      report.figure(`default_cpu_s_${kind.toLowerCase().replace(' ', '_')}`, time / 1000);
      return [kind, (time / 1000).toFixed(1), (time / 10 / cpu).toFixed(0)];
    }),
  );
}

function tellAreas(report: Report, { all }: Summary): void {
  const begun = all.filter(({ attempts }) => attempts.length > 0);
  const rows = [...group(begun, ({ area }) => area)].map(([area, own]) => {
    const attempts = own.flatMap((test) => test.attempts);
    const wall =
      Math.max(...attempts.map(({ startedAt, duration }) => startedAt + duration)) -
      Math.min(...attempts.map(({ startedAt }) => startedAt));
    const inWorkers = attempts.reduce((sum, { duration }) => sum + duration, 0);
    return [area, String(own.length), (wall / 1000).toFixed(1), (inWorkers / 1000).toFixed(1)];
  });
  report.table('The second run by area', ['', 'tests', 'first to last s', 'in workers s'], rows);
}
