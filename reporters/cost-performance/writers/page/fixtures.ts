import type { Summary } from '../../summary/summary-schema.ts';
import { formatCount, formatDuration } from '../../../../helpers/lib/format.ts';
import { section, table } from './figure.ts';
import { type Html, html } from './html.ts';

export function fixtures({ slowest }: Summary): Html | undefined {
  if (slowest.fixtures.length === 0) return undefined;
  return section(
    'fixtures',
    'Slowest fixtures',
    table({
      caption: 'Fixtures by the time they took in all',
      columns: ['Fixture', { number: 'Times' }, { number: 'In all' }, { number: 'Median' }, { number: 'Max' }],
      rows: slowest.fixtures.map(({ name, n, total, median, max }) => [
        html`<code>${name}</code>`,
        formatCount(n),
        formatDuration(total),
        formatDuration(median),
        formatDuration(max),
      ]),
    }),
  );
}
