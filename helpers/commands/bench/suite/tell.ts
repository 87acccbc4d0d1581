import type { CommandTimes } from '../command.ts';
import { type Goal, type Report, shown } from '../report.ts';
import { median, medianInterval } from '../statistics.ts';
import type { Contender } from './contenders.ts';
import { over, type Round, slopes } from './costs.ts';

const goals: Readonly<Record<string, Goal>> = {
  database: { atMost: 5 },
  reset: { atMost: 3 },
  rollback: { atMost: 2 },
};

/** The costs of a test and of a run's start, over those of plain Playwright in the same round. */
export function tell(
  report: Report,
  contenders: readonly Contender[],
  measured: ReadonlyMap<string, readonly Round[]>,
  further: number,
): void {
  const starts = (key: string): number[] => measured.get(key)!.map(({ few }) => few.wall);
  const perTest = (key: string, time: keyof CommandTimes): number[] => slopes(measured.get(key)!, further, time);
  const overPlain = (of: (key: string) => number[], key: string): number[] => over(of(key), of('plain'));
  const rows = contenders.map(({ key, label }) => {
    const base = [
      label,
      shown(median(perTest(key, 'wall'))),
      shown(median(perTest(key, 'cpu'))),
      (median(starts(key)) / 1000).toFixed(2),
    ];
    if (key === 'plain') return [...base, '', '', '', '', ''];
    const more = overPlain((one) => perTest(one, 'wall'), key);
    const cpu = median(overPlain((one) => perTest(one, 'cpu'), key));
    const start = overPlain(starts, key);
    const verdict = withInterval(report, `per_test_ms_${key}`, more, goals[key]);
    report.figure(`per_test_cpu_ms_${key}`, cpu);
    if (key === 'database') withInterval(report, 'start_over_plain_ms', start, { atMost: 1000 });
    if (key === 'no_fixture') withInterval(report, 'start_over_plain_ms_no_fixture', start);
    return [...base, median(start).toFixed(0), shown(median(more)), interval(more), shown(cpu), verdict];
  });
  report.table(
    `Whole runs of 20 and of ${20 + further} tests of one line, two workers, medians of ${measured.get('plain')!.length} rounds; the last four: over plain Playwright`,
    ['', 'ms a test', 'CPU ms a test', 'start s', 'start + ms', '+ ms a test', 'within', '+ CPU ms a test', 'goal'],
    rows,
  );
}

function withInterval(report: Report, key: string, values: readonly number[], goal?: Goal): string {
  const [least, most] = medianInterval(values);
  report.figure(`${key}_at_least`, least);
  report.figure(`${key}_at_most`, most);
  return report.figure(key, median(values), goal);
}

function interval(values: readonly number[]): string {
  return medianInterval(values).map(shown).join(' to ');
}
