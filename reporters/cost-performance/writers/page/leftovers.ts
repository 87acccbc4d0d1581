import type { Summary } from '../../summary/summary-schema.ts';
import { formatCount } from '../../../../helpers/lib/format.ts';
import { section, table } from './figure.ts';
import { type Html, html } from './html.ts';

/** What existed before and after the run, and the run's leftovers. */
export function leftovers({ inventory: { before, after, leftBehind } }: Summary): Html | undefined {
  if (leftBehind === null) return undefined;
  const kinds = Object.keys({ ...before, ...after });
  return section(
    'left-behind',
    'Left behind',
    leftBehind.length === 0
      ? html`<p>Nothing was left behind.</p>`
      : html`<ul class="alerts">
          ${leftBehind.map(item)}
        </ul>`,
    kinds.length === 0
      ? undefined
      : table({
          caption: 'What there was before the run and after it',
          columns: ['Kind', { number: 'Before' }, { number: 'After' }],
          rows: kinds.map((kind) => [
            kind,
            ...[before, after].map((counts) => (counts?.[kind] === undefined ? '–' : formatCount(counts[kind]))),
          ]),
        }),
  );
}

function item({ kind, name, area }: NonNullable<Summary['inventory']['leftBehind']>[number]): Html {
  return html`<li>${kind}: <code>${name}</code>${area === undefined ? undefined : ` (${area})`}</li>`;
}
