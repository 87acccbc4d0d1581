import type { Summary } from '../summary/summary-schema.ts';
import { formatCount, formatDuration, formatMoment, formatUsd } from '../../../helpers/lib/format.ts';
import {
  capitalized,
  costSentence,
  described,
  errorOf,
  leftBehind,
  moneyIn,
  mainMeasurement,
  comparisonsWith,
  type Test,
  verdictOf,
} from './words.ts';

/** GitHub shows a summary up to 1 MiB, and long lists are hard to read. */
const mostFailures = 50;

/** The summary for a CI job: first the verdict, then the failures, then the table with remarks. */
export function renderMarkdown(summary: Summary): string {
  const { good, sentence } = verdictOf(summary);
  const { run, gates, cost, resources, missing } = summary;
  const failed = summary.all.filter(({ outcome }) => outcome === 'failed');
  const changed = (verdict: 'slower' | 'faster'): string[] =>
    comparisonsWith(verdict, summary).map(
      (comparison) =>
        `**${escapeMarkdown(comparison.name)}** in ${escapeMarkdown(`${comparison.area} ${described(comparison)}`)}`,
    );
  const blocks = [
    `## ${good ? '✓' : '✗'} ${escapeMarkdown(capitalized(sentence))}`,
    escapeMarkdown(
      [formatMoment(run.startedAt), formatDuration(run.duration), run.commit?.slice(0, 10) ?? []].flat().join(' · '),
    ),
    ...list('Errors of no test', run.errors.map(escapeMarkdown)),
    ...list('Failed', [
      ...failed.slice(0, mostFailures).map(failure),
      ...(failed.length > mostFailures ? [`and ${formatCount(failed.length - mostFailures)} more`] : []),
    ]),
    ...list(
      'Gates that failed',
      gates.filter(({ state }) => state === 'failed').map((gate) => escapeMarkdown(gate.sentence)),
    ),
    ...list('Slower than usual', changed('slower')),
    ...list('Faster than usual', changed('faster')),
    ...(summary.areas.length === 0 ? [] : [areas(summary)]),
    escapeMarkdown(`Cost: ${costSentence(cost)}.`),
    ...list('Resources', resources.alerts.map(escapeMarkdown)),
    ...list('What is not known', missing.map(escapeMarkdown)),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function failure(test: Test): string {
  const [place, error] = [`${test.file}:${test.line}`, errorOf(test)];
  const cause = error === undefined ? '' : `<br>${escapeMarkdown(error)}`;
  return `**${escapeMarkdown(test.title)}** (${escapeMarkdown(place)})${cause}`;
}

function list(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`### ${title}`, items.map((item) => `- ${item}`).join('\n')];
}

function areas(summary: Summary): string {
  const money = moneyIn(summary.cost);
  const hasUnrun = summary.tests.didNotRun > 0;
  const header = [
    'area',
    'tests',
    'failed',
    'flaky',
    ...(hasUnrun ? ['did not run'] : []),
    'p95',
    'measurement',
    ...money.map(({ name }) => name),
    'left behind',
  ];
  const rows = summary.areas.map((area) => [
    area.name,
    formatCount(area.tests.total),
    formatCount(area.tests.failed),
    formatCount(area.tests.flaky),
    ...(hasUnrun ? [formatCount(area.tests.didNotRun)] : []),
    mainMeasurement(area, summary)?.value ?? '–',
    mainMeasurement(area, summary)?.name ?? '–',
    ...money.map(({ kind }) => formatUsd(area.cost[kind].total)),
    leftBehind(area, summary),
  ]);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const isText = (name: string): boolean => name === 'area' || name === 'measurement';
  return [
    line(header),
    line(header.map((name) => (isText(name) ? '---' : '---:'))),
    ...rows.map((row) => line(row.map(escapeMarkdown))),
  ].join('\n');
}

/** Escapes any text as plain text on one line: no emphasis, link, HTML, table cell, mention or formula. */
export function escapeMarkdown(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_{}[\]()#+!|<>~&@$^=:]/g, '\\$&');
}
