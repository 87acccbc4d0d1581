import { group, sum } from 'd3-array';
import type { Summary } from '../../summary/summary-schema.ts';
import { counted, formatCount, formatDuration } from '../../../../helpers/lib/format.ts';
import { capitalized, durationOf, moneyIn, type Test } from '../words.ts';
import { choices } from './choices.ts';
import { section } from './figure.ts';
import { type Html, html } from './html.ts';
import { testRow } from './test-row.ts';

/** Of more tests than this, the files are closed until somebody opens one: else the page would be nothing but tests. */
const mostAtOnce = 100;

const outcomes = ['failed', 'flaky', 'did not run', 'skipped', 'passed'] as const;
type Money = ReturnType<typeof moneyIn>;

/**
 * Every test, by its file, those that took most time first. `#test-` and its id link to it. Searching, sorting and
 * other groups need the page's script; closing, opening and the choice of an outcome do not.
 */
export function tests(summary: Summary): Html | undefined {
  const { all, cost } = summary;
  if (all.length === 0) return undefined;
  const money = moneyIn(cost);
  const longest = Math.max(1, ...all.map(durationOf));
  const files = [...group(all, ({ area, file }) => `${area} › ${file}`)]
    .map(([name, own]) => ({ name, own: own.toSorted((a, b) => durationOf(b) - durationOf(a)) }))
    .toSorted((a, b) => timeOf(b.own) - timeOf(a.own));
  return section(
    'tests',
    'Tests',
    tools(all),
    html`<div class="groups" data-at-once="${mostAtOnce}">
      ${files.map(({ name, own }) => fileOf(name, own, { summary, longest, money }))}
    </div>`,
  );
}

function timeOf(own: readonly Test[]): number {
  return sum(own, durationOf);
}

function tools(all: readonly Test[]): Html {
  const options = ['all', ...outcomes]
    .map((value) => ({ value, count: all.filter(({ outcome }) => value === 'all' || outcome === value).length }))
    .filter(({ count }) => count > 0)
    .map(({ value, count }) => ({ value, note: formatCount(count) }));
  return html`<div class="tools" role="search" aria-label="Tests">
    <label class="scripted" hidden
      >Search <input type="search" id="query" autocomplete="off" placeholder="title, file, tag, error"
    /></label>
    ${chooser('sort', 'Sort by', ['time', 'cost', 'outcome', 'name', 'place'])}
    ${chooser('group', 'Group by', ['file', 'area', 'outcome', 'nothing'])}
    <span class="scripted" hidden
      ><button type="button" id="open-all">Open all</button>
      <button type="button" id="close-all">Close all</button></span
    >
    ${choices({ name: 'outcome', legend: 'Show', prefix: 'show-', options })}
    <output id="found" for="query"></output>
  </div>`;
}

function chooser(id: string, name: string, options: readonly string[]): Html {
  return html`<label class="scripted" hidden
    >${name}
    <select id="${id}">
      ${options.map((option) => html`<option>${option}</option>`)}
    </select></label
  > `;
}

interface Shared {
  readonly summary: Summary;
  readonly longest: number;
  readonly money: Money;
}

function fileOf(name: string, own: readonly Test[], { summary, longest, money }: Shared): Html {
  const counts = outcomes.flatMap((outcome) => {
    const count = own.filter((test) => test.outcome === outcome).length;
    return count === 0 || outcome === 'passed'
      ? []
      : html`, <span class="outcome ${classOf(outcome)}">${formatCount(count)} ${outcome}</span>`;
  });
  const isOpen = summary.all.length <= mostAtOnce;
  return html`<details class="group" ${isOpen ? html` open` : undefined}>
    <summary>
      <span class="name">${name}</span>
      <small>${counted(own.length, 'test')}${counts}, ${formatDuration(timeOf(own))}<span class="shown"></span></small>
    </summary>
    <table class="tests">
      <caption class="unseen">
        Tests of ${name}
      </caption>
      <thead>
        <tr>
          <th scope="col">Test</th>
          <th scope="col" class="state">Outcome</th>
          <th scope="col" class="number">Time</th>
          <th scope="col" class="number wide">Set-up</th>
          ${money.map(({ name: kind }) => html`<th scope="col" class="number wide">${capitalized(kind)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${own.map((test) => testRow(test, { summary, longest, money }))}
      </tbody>
    </table>
  </details> `;
}

function classOf(outcome: string): string {
  return outcome.replaceAll(' ', '-');
}
