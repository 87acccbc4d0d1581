import type { Summary } from '../../summary/summary-schema.ts';
import { counted, formatDuration, formatUsd } from '../../../../helpers/lib/format.ts';
import { durationOf, errorOf, type moneyIn, type Test } from '../words.ts';
import { evidenceOf } from './evidence.ts';
import { type Content, type Html, html } from './html.ts';
import { rounded } from './scale.ts';

interface RowOptions {
  readonly summary: Summary;
  /** Milliseconds of the test that took longest. */
  readonly longest: number;
  readonly money: ReturnType<typeof moneyIn>;
}

/** A test in one row, which opens to what is known of it. The page's script reads the row's data. */
export function testRow(test: Test, { summary, longest, money }: RowOptions): Html {
  const { id, title, file, line, outcome, area, attempts, time, cost, remark, tags } = test;
  const error = outcome === 'failed' || outcome === 'flaky' ? errorOf(test) : undefined;
  const repeated = attempts.filter(({ isRepeated }) => isRepeated).length;
  const duration = durationOf(test);
  return html`<tr
    id="test-${id}"
    data-outcome="${outcome}"
    data-area="${area}"
    data-file="${file}"
    data-line="${line}"
    data-time="${rounded(duration)}"
    data-cost="${cost.spent + cost.notional}"
  >
    <th scope="row">
      <details class="known">
        <summary>
          <span class="title">${title}</span>${tags.map((tag) => html` <span class="tag">${tag}</span>`)}
          <small>${file}:${line}${remark === '' ? undefined : ` · ${remark}`}</small>
          ${error === undefined ? undefined : html`<code class="error">${error}</code>`}
        </summary>
        ${evidenceOf(test, summary)}
      </details>
    </th>
    <td class="state">
      <span class="outcome ${outcome.replaceAll(' ', '-')}">${outcome}</span
      >${repeated > 0 ? html`<small class="unbroken">${counted(attempts.length, 'attempt')}</small>` : undefined}
    </td>
    <td class="number">${formatDuration(duration)}${lengthOf(duration / longest)}</td>
    <td class="number wide">${formatDuration(time.setUp)}</td>
    ${money.map(({ kind }) => html`<td class="number wide">${cost[kind] === 0 ? '–' : formatUsd(cost[kind])}</td>`)}
  </tr> `;
}

function lengthOf(share: number): Content {
  return html`<i class="length" style="width:${rounded(share * 100)}%"></i>`;
}
