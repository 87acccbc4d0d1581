import type { Summary } from '../../summary/summary-schema.ts';
import { formatCount } from '../../../../helpers/lib/format.ts';
import { section, table } from './figure.ts';
import { type Html, html } from './html.ts';

/** The documented operations that were called, how often, and with what statuses. */
export function coverage({ coverage: apis }: Summary): Html | undefined {
  if (apis.length === 0) return undefined;
  return section(
    'coverage',
    'API coverage',
    apis.map(
      ({ api, operations, called, documented }) =>
        html` <h3>${api}</h3>
          <p>${formatCount(called)} of ${formatCount(documented)} documented operations were called.</p>
          ${table({
            caption: `Calls of ${api}, by status`,
            columns: ['Operation', { number: 'Calls' }, 'Status × calls'],
            rows: operations.map(({ operation, calls }) => {
              const counts = Object.entries(calls);
              const all = counts.reduce((sum, [, count]) => sum + count, 0);
              return [
                html`<code>${operation}</code>`,
                formatCount(all),
                all === 0
                  ? html`<strong class="attention">not called</strong>`
                  : html`<span class="words">${counts.map(countOf)}</span>`,
              ];
            }),
          })}`,
    ),
  );
}

function countOf([status, count]: readonly [status: string, count: number]): Html {
  return html`<span class="status">${status} × ${formatCount(count)}</span> `;
}
