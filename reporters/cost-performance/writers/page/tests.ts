import type { Summary } from '../../summary/summary-schema.ts';
import { formatCount, formatDuration, formatUsd } from '../../../../helpers/lib/format.ts';
import { capitalized, durationOf, errorOf, moneyIn, type Test } from '../words.ts';
import { scrolling, section, table } from './figure.ts';
import { type Content, type Html, html } from './html.ts';
import { rounded } from './scale.ts';

const filters = ['all', 'failed', 'flaky', 'skipped'] as const;

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

/** Every test, the slowest first. `#test-` and its id link to it. */
export function tests(summary: Summary): Html | undefined {
  const { all, cost } = summary;
  if (all.length === 0) return undefined;
  const sorted = all.toSorted((a, b) => durationOf(b) - durationOf(a));
  const money = moneyIn(cost);
  const longest = Math.max(1, durationOf(sorted[0]!));
  const outcomes = filters.filter((filter) => filter === 'all' || all.some(({ outcome }) => outcome === filter));
  return section(
    'tests',
    'Tests',
    outcomes.length === 1
      ? undefined
      : html`<fieldset class="filter">
          <legend>Show</legend>
          ${outcomes.map(
            (outcome) =>
              html` <label
                ><input
                  type="radio"
                  name="outcome"
                  id="show-${outcome}"
                  ${outcome === 'all' ? html` checked` : undefined}
                />
                ${outcome}
                <small
                  >${formatCount(all.filter((test) => outcome === 'all' || test.outcome === outcome).length)}</small
                ></label
              >`,
          )}
        </fieldset>`,
    scrolling(
      'Tests, the slowest first',
      html`<table class="tests">
        <caption>
          Tests, the slowest first
        </caption>
        <thead>
          <tr>
            <th scope="col">Test</th>
            <th scope="col">Outcome</th>
            <th scope="col">Area</th>
            <th scope="col" class="number">Time</th>
            <th scope="col" class="number">Set-up</th>
            ${money.map(({ name }) => html`<th scope="col" class="number">${capitalized(name)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${sorted.map((test) => row(test, longest, money))}
        </tbody>
      </table>`,
    ),
  );
}

function row(test: Test, longest: number, money: ReturnType<typeof moneyIn>): Html {
  const { id, title, file, line, outcome, area, attempts, time, cost, remark } = test;
  const error = outcome === 'failed' || outcome === 'flaky' ? errorOf(test) : undefined;
  const message = error === undefined ? undefined : html`<code class="error">${error}</code>`;
  return html`<tr id="test-${id}" data-outcome="${outcome}">
    <th scope="row">${title}<small>${file}:${line}${remark === '' ? undefined : ` · ${remark}`}</small>${message}</th>
    <td>
      <span class="outcome ${outcome.replaceAll(' ', '-')}">${outcome}</span
      >${attempts.length > 1 ? html`<small class="unbroken">${attempts.length} attempts</small>` : undefined}
    </td>
    <td>${area}</td>
    <td class="number">${formatDuration(durationOf(test))}${lengthOf(durationOf(test) / longest)}</td>
    <td class="number">${formatDuration(time.setUp)}</td>
    ${money.map(({ kind }) => html`<td class="number">${cost[kind] === 0 ? '–' : formatUsd(cost[kind])}</td>`)}
  </tr> `;
}

function lengthOf(share: number): Content {
  return html`<i class="length" style="width:${rounded(share * 100)}%"></i>`;
}
