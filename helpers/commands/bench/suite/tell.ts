import { type Goal, type Report, shown } from '../report.ts';
import { median, medianInterval } from '../statistics.ts';
import type { Contender, Peer } from './contenders.ts';
import type { Costs } from './costs.ts';

const goals: Readonly<Record<string, Goal>> = {
  database: { atMost: 5 },
  reset: { atMost: 3 },
  rollback: { atMost: 2 },
};

/** The costs of a test and of a run's start, over those of plain Playwright in the same round. */
export function tell(report: Report, contenders: readonly Contender[], costs: Costs): void {
  const rows = contenders.map(({ key, label }) => {
    const perTest = [costs.perTest(key, 'wall'), costs.perTest(key, 'cpu')].map((each) => shown(median(each)));
    const base = [label, ...perTest, (median(costs.start(key)) / 1000).toFixed(2)];
    if (key === 'plain') return base;
    const start = costs.startOverPlain(key);
    const more = costs.perTestOverPlain(key, 'wall');
    const cpu = median(costs.perTestOverPlain(key, 'cpu'));
    const verdict = withInterval(report, `per_test_ms_${key}`, more, goals[key]);
    report.figure(`per_test_cpu_ms_${key}`, cpu);
    if (key === 'database') withInterval(report, 'start_over_plain_ms', start, { atMost: 1000 });
    if (key === 'no_fixture') withInterval(report, 'start_over_plain_ms_no_fixture', start);
    return [...base, median(start).toFixed(0), shown(median(more)), interval(more), shown(cpu), verdict];
  });
  report.table(
    `Whole runs of ${costs.few} and of ${costs.many} tests of one line, two workers, medians; the last columns ` +
      'are over plain Playwright',
    ['', 'ms a test', 'CPU ms a test', 'start s', 'start ms', 'ms a test', 'by 95 % within', 'CPU ms a test', 'goal'],
    rows,
  );
}

/** How many times what ours costs over plain Playwright a test of theirs does. */
export function tellPeers(report: Report, peers: readonly Peer[], costs: Costs): void {
  const rows = peers.map(({ key, label, against, goal }) => {
    const ratios = costs.ratios(key, against);
    const verdict = withInterval(report, `vs_${key}`, ratios, { atLeast: goal });
    return [label.trim(), against, `${shown(median(ratios))} ×`, interval(ratios), verdict];
  });
  report.table(
    'What a test costs over plain Playwright, theirs over ours',
    ['', 'ours', 'median', 'by 95 % within', 'goal'],
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
