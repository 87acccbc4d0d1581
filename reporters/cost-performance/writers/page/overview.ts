import type { Summary } from '../../summary/summary-schema.ts';
import {
  counted,
  formatCount,
  formatDuration,
  formatMoment,
  formatShare,
  formatUsd,
} from '../../../../helpers/lib/format.ts';
import {
  capitalized,
  errorOf,
  leftBehind,
  moneyIn,
  mainMeasurement,
  comparisonsWith,
  type Test,
  verdictOf,
} from '../words.ts';
import { errorsOf } from './evidence.ts';
import { table } from './figure.ts';
import { type Content, type Html, html } from './html.ts';
import { type Figure, shown } from './shown.ts';

/** The verdict, the key figures, and the obstacles to a green run. */
export function overview(summary: Summary): Html {
  return html`${keyFigures(summary)}${problems(summary)}${gates(summary)}${areas(summary)}${unknown(summary)}`;
}

export function heading(summary: Summary): Html {
  const { run } = summary;
  const { good, sentence } = verdictOf(summary);
  const machines = [...new Set(run.shards.map(({ machine }) => machine))];
  const workers = run.shards.reduce((sum, shard) => sum + shard.workers, 0);
  const commit = run.commit === undefined ? undefined : html` · commit <code>${run.commit.slice(0, 10)}</code>`;
  const size = `${counted(run.shards.length, 'shard')}, ${counted(workers, 'worker')}`;
  const shards = run.shards.length === 0 ? undefined : ` · ${size} · ${machines.join('; ')}`;
  return html`<header>
    ${run.title === undefined ? undefined : html`<p class="title">${run.title}</p>`}
    <h1 class="${good ? 'good' : 'bad'}">
      <span aria-hidden="true">${good ? '✓' : '✗'}</span> ${capitalized(sentence)}
    </h1>
    <p><time datetime="${run.startedAt}">${formatMoment(run.startedAt)}</time>${commit}${shards}</p>
  </header> `;
}

function keyFigures(summary: Summary): Html {
  const figure = (name: string, path: Figure, format: (value: number) => string): readonly [string, Content] => [
    name,
    shown(summary, path, format),
  ];
  const { cost, tests, inventory, regressions } = summary;
  const figures: (readonly [string, Content])[] = [
    figure('tests', 'tests.total', formatCount),
    figure('passed', 'tests.passed', formatCount),
    figure('failed', 'tests.failed', formatCount),
    ...(tests.unavailable > 0 ? [figure('of which the environment', 'tests.unavailable', formatCount)] : []),
    figure('flaky', 'tests.flaky', formatCount),
    figure('skipped', 'tests.skipped', formatCount),
    ...(tests.didNotRun > 0 ? [figure('did not run', 'tests.didNotRun', formatCount)] : []),
    figure('success rate', 'tests.successRate', formatShare),
    figure('duration', 'run.duration', formatDuration),
    ...(cost.spent.total > 0 ? [figure('spent', 'cost.spent.total', formatUsd)] : []),
    figure('would have cost', 'cost.notional.total', formatUsd),
    figure('wasted by retries', 'cost.wastedByRetries', formatUsd),
    ...(cost.estimate === null ? [] : [figure('cost estimate', 'cost.estimate', formatUsd)]),
    ...(cost.budget === null ? [] : [figure('cost budget', 'cost.budget', formatUsd)]),
    [
      'slower · faster',
      regressions.historyRuns === 0
        ? '–'
        : `${comparisonsWith('slower', summary).length} · ${comparisonsWith('faster', summary).length}`,
    ],
    ['left behind', inventory.leftBehind === null ? '–' : formatCount(inventory.leftBehind.length)],
  ];
  return html`<dl class="figures">
    ${figures.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl> `;
}

/** Failed tests and errors outside of tests, which readers of a red run look for. */
function problems({ all, run }: Summary): Html {
  const failed = all.filter(({ outcome }) => outcome === 'failed');
  return html`${
    run.errors.length === 0
      ? undefined
      : html`<section aria-labelledby="errors-title">
          <h2 id="errors-title">Errors of no test</h2>
          <ul class="alerts">
            ${run.errors.map((error) => html`<li>${error}</li>`)}
          </ul>
        </section>`
  }
  ${
    failed.length === 0
      ? undefined
      : html`<section id="failed" aria-labelledby="failed-title">
          <h2 id="failed-title">Failed</h2>
          <ul class="failures">
            ${failed.slice(0, mostFailures).map(failure)}
          </ul>
          ${
            failed.length > mostFailures
              ? html`<p><a href="#tests">and ${formatCount(failed.length - mostFailures)} more</a></p>`
              : undefined
          }
        </section>`
  }`;
}

/** More are in the table of tests. */
const mostFailures = 50;

function failure(test: Test): Html {
  const error = errorOf(test) === undefined ? undefined : html`<code class="error">${errorOf(test)}</code>`;
  const whole = test.attempts.findLast(({ errors = [] }) => errors.length > 0)?.errors ?? [];
  return html`<li>
    <a href="#test-${test.id}">${test.title}</a> <small>${test.area}</small>${error}
    ${
      whole.length === 0
        ? undefined
        : html`<details>
            <summary>The whole error</summary>
            ${errorsOf(whole)}
          </details>`
    }
  </li>`;
}

function unknown({ missing }: Summary): Html | undefined {
  return missing.length === 0
    ? undefined
    : html`<section aria-labelledby="missing-title">
        <h2 id="missing-title">What is not known</h2>
        <ul>
          ${missing.map((sentence) => html`<li>${sentence}</li>`)}
        </ul>
      </section>`;
}

function gates({ gates: all }: Summary): Html | undefined {
  if (all.length === 0) return undefined;
  return html`<section id="gates" aria-labelledby="gates-title">
    <h2 id="gates-title">Gates</h2>
    ${table({
      caption: 'What was asked of this run',
      columns: ['Gate', 'State', { number: 'Limit' }, { number: 'Found' }, 'In words'],
      rows: all.map(({ name, state, limit, found, sentence }) => [
        name.replace(/[A-Z]/, (letter) => ` ${letter.toLowerCase()}`),
        html`<span class="outcome ${state}">${state}</span>`,
        limit,
        found,
        html`<span class="words">${sentence}</span>`,
      ]),
    })}
  </section>`;
}

function areas(summary: Summary): Html | undefined {
  if (summary.areas.length === 0) return undefined;
  const money = moneyIn(summary.cost);
  const hasUnrun = summary.tests.didNotRun > 0;
  return html`<section id="areas" aria-labelledby="areas-title">
    <h2 id="areas-title">Areas</h2>
    ${table({
      caption: 'What became of each area',
      columns: [
        'Area',
        ...['tests', 'failed', 'flaky', 'skipped', ...(hasUnrun ? ['did not run'] : []), 'success'].map((number) => ({
          number,
        })),
        { number: 'p95' },
        'Measurement',
        ...money.map(({ name }) => ({ number: name })),
        { number: 'left behind' },
      ],
      rows: summary.areas.map((area, index) => [
        area.name,
        shown(summary, `areas.${index}.tests.total`, formatCount),
        shown(summary, `areas.${index}.tests.failed`, formatCount),
        shown(summary, `areas.${index}.tests.flaky`, formatCount),
        shown(summary, `areas.${index}.tests.skipped`, formatCount),
        ...(hasUnrun ? [shown(summary, `areas.${index}.tests.didNotRun`, formatCount)] : []),
        shown(summary, `areas.${index}.tests.successRate`, formatShare),
        mainMeasurement(area, summary)?.value ?? '–',
        mainMeasurement(area, summary)?.name ?? '–',
        ...money.map(({ kind }) => formatUsd(area.cost[kind].total)),
        leftBehind(area, summary),
      ]),
    })}
  </section>`;
}
