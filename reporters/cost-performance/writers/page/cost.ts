import { sum } from 'd3-array';
import type { Summary } from '../../summary/summary-schema.ts';
import { formatCount, formatUsd } from '../../../../helpers/lib/format.ts';
import { capitalized, costSentence } from '../words.ts';
import { figure, key, picture, section } from './figure.ts';
import { type Html, html } from './html.ts';
import { linear } from './scale.ts';
import { greatest, stackedBars } from './stacked.ts';

type Money = 'spent' | 'notional';
const kinds = ['machine', 'tasks', 'requests', 'storage'] as const;
const rest = 'of no area';

/** The cost: spent and notional money, never in one bar. */
export function cost(summary: Summary): Html {
  const { prices, billedTaskSeconds } = summary.cost;
  const seconds = `${formatCount(billedTaskSeconds)} seconds of tasks, as they are billed`;
  const tasks = `${seconds}: from the start of the image pull to the stop, a minute at least. `;
  return section(
    'cost',
    'Cost',
    html`<p>
      ${capitalized(costSentence(summary.cost))}. ${billedTaskSeconds === 0 ? undefined : tasks}Prices of ${prices.date}
      (${prices.source}).
    </p>`,
    bars(summary, 'spent', 'Spent, by area', 'Money that is billed.'),
    bars(
      summary,
      'notional',
      'What it would have cost, by area',
      'Nobody is billed for this: it ran where it costs nothing, and is priced as if it had not.',
    ),
  );
}

function bars(summary: Summary, money: Money, title: string, caption: string): Html | undefined {
  const total = summary.cost[money];
  if (total.total === 0) return undefined;
  const rows = rowsOf(summary, money);
  const stacks = rows.map(({ name, amounts }) => ({
    name,
    total: formatUsd(amounts.total),
    parts: kinds.map((kind) => ({ mark: `${kind} ${money}`, value: amounts[kind] })),
  }));
  return figure({
    title,
    caption,
    legend: kinds.filter((kind) => total[kind] > 0).map((kind) => key(`${kind} ${money}`, kind)),
    plot: picture(
      `${title}: ${rows.map(({ name, amounts }) => `${name} ${formatUsd(amounts.total)}`).join(', ')}; ` +
        `${formatUsd(total.total)} in all.`,
      stackedBars(stacks, linear(greatest(stacks), formatUsd, 4)),
    ),
    data: {
      caption: title,
      columns: ['Area', ...kinds.map((kind) => ({ number: kind })), { number: 'total' }],
      rows: [...rows, { name: 'all', amounts: total }].map(({ name, amounts }) => [
        name,
        ...kinds.map((kind) => formatUsd(amounts[kind])),
        formatUsd(amounts.total),
      ]),
    },
  });
}

/** The areas, and the run's own cost, such as machines while no test ran. */
function rowsOf({ areas, cost: whole }: Summary, money: Money): { name: string; amounts: Summary['cost'][Money] }[] {
  const rows = areas.map((area) => ({ name: area.name, amounts: area.cost[money] }));
  const beyond = (part: keyof Summary['cost'][Money]): number =>
    Math.max(0, whole[money][part] - sum(rows, ({ amounts }) => amounts[part]));
  const isNothing = beyond('total') < whole[money].total * 1e-9;
  return isNothing
    ? rows
    : [
        ...rows,
        {
          name: rest,
          amounts: {
            machine: beyond('machine'),
            tasks: beyond('tasks'),
            requests: beyond('requests'),
            storage: beyond('storage'),
            total: beyond('total'),
          },
        },
      ];
}
