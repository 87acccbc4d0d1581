import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buildPlatform } from '../../../platform/index.ts';
import { type Bench, checkLocal } from '../bench.ts';
import { interleave, type Series, type Technique } from '../interleave.ts';
import { type Report, shown } from '../report.ts';
import { median, percentile, ratio } from '../statistics.ts';
import { type Fleet, withFleet } from './fleet.ts';

const counts = [1, 4, 16, 50];
/** Compared with the same number one after the other, and with as many bare processes. */
const compared = 16;
const calls = 500;

/** Providers as the manager starts them: how long until all are up, how fast they answer, what they cost. */
export const benchDeployments: Bench = async (configuration, report) => {
  checkLocal(configuration, 'platform');
  const { connection: code } = await buildPlatform(configuration);
  await withFleet(configuration, code as string, async (fleet) => {
    const series = await interleave(techniquesOf(fleet), { warmUp: 1, rounds: 7 });
    tabulate(report, series, fleet);
    await measureCalls(report, fleet);
  });
};

function techniquesOf(fleet: Fleet): Technique[] {
  const atOnce = counts.map((count) => ({
    name: `up ${count}`,
    lanes: [{ run: () => fleet.launch(count), tidy: () => fleet.close() }],
  }));
  return [
    ...atOnce,
    {
      name: 'serial',
      lanes: [
        {
          async run() {
            for (let launched = 0; launched < compared; launched += 1) await fleet.launch(1);
          },
          tidy: () => fleet.close(),
        },
      ],
    },
    { name: 'bare', lanes: [{ run: () => startBareNodes(compared) }] },
  ];
}

function tabulate(report: Report, series: ReadonlyMap<string, Series>, fleet: Fleet): void {
  const roundsOf = (name: string): readonly number[] => series.get(name)!.rounds;
  report.table(
    'Providers that start at once, until each has shaken hands and done its first work; milliseconds',
    ['', 'all are up', 'each', 'shutdown of all', 'MB each'],
    counts.map((count) => {
      const up = median(roundsOf(`up ${count}`));
      const { closing, memory } = fleet.sums(count);
      report.figure(`up_${count}_ms`, up);
      report.figure(`shutdown_${count}_ms`, closing);
      report.figure(`memory_mb_${count}`, memory);
      return [String(count), shown(up), shown(up / count), shown(closing), memory.toFixed(0)];
    }),
  );
  const up = roundsOf(`up ${compared}`);
  report.table(
    `${compared} at once`,
    ['beside', 'ratio'],
    [
      ['one after the other', report.ratio('up_16_vs_serial', ratio(roundsOf('serial'), up), { atLeast: 1.7 })],
      [
        'as many bare processes of Node, which load nothing',
        report.ratio('up_16_vs_bare_node', ratio(up, roundsOf('bare')), { atMost: 2.5 }),
      ],
    ],
  );
}

async function measureCalls(report: Report, fleet: Fleet): Promise<void> {
  const times = await fleet.timeCalls(calls);
  const [p50, p95] = [percentile(times, 50), percentile(times, 95)];
  report.figure('rpc_p50_ms', p50);
  report.figure('rpc_p95_ms', p95);
  report.table('A read of one resource, milliseconds', ['', 'p50', 'p95'], [['one provider', shown(p50), shown(p95)]]);
}

async function startBareNodes(count: number): Promise<void> {
  const nodes = Array.from({ length: count }, () => spawn(process.execPath, ['--eval', '0'], { stdio: 'ignore' }));
  await Promise.all(nodes.map((node) => once(node, 'exit')));
}
