import type { Summary } from '../../summary/summary-schema.ts';
import { formatDuration, formatShare } from '../../../../helpers/lib/format.ts';
import { figure, key, picture } from './figure.ts';
import type { Html } from './html.ts';
import { timeline } from './scale.ts';
import { greatest, stackedBars } from './stacked.ts';

const parts = [
  { part: 'setUp', mark: 'set-up', name: 'set-up' },
  { part: 'test', mark: 'test', name: "the test's own work" },
  { part: 'waiting', mark: 'waiting', name: 'waiting in the test' },
  { part: 'teardown', mark: 'teardown', name: 'teardown' },
] as const;

/** How the time of each area was spent. */
export function timeSplit({ areas, time }: Summary): Html | undefined {
  const whole = sumOf(time);
  if (whole === 0) return undefined;
  const stacks = areas.map((area) => ({
    name: area.name,
    total: formatDuration(sumOf(area.time)),
    parts: parts.map(({ part, mark }) => ({ mark, value: area.time[part] })),
  }));
  const shares = parts.map(({ part, name }) => `${formatShare(time[part] / whole)} went to ${name}`);
  return figure({
    title: 'Where the time went',
    caption: 'Summed over all attempts, so that it is more than the clock on the wall where workers run side by side.',
    legend: parts.map(({ mark, name }) => key(mark, name)),
    plot: picture(
      `Of ${formatDuration(whole)}, ${shares.join(', ')}.`,
      stackedBars(stacks, timeline(greatest(stacks))),
    ),
    data: {
      caption: 'time by area',
      columns: ['Area', ...parts.map(({ name }) => ({ number: name })), { number: 'all' }],
      rows: [...areas, { name: 'all', time }].map((area) => [
        area.name,
        ...parts.map(({ part }) => formatDuration(area.time[part])),
        formatDuration(sumOf(area.time)),
      ]),
    },
  });
}

function sumOf(time: Summary['time']): number {
  return time.setUp + time.test + time.waiting + time.teardown;
}
