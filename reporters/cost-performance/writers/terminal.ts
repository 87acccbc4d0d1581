import { styleText } from 'node:util';
import { formatTable } from '../../../helpers/lib/table.ts';
import type { Summary } from '../summary/summary-schema.ts';
import { counted, formatCount, formatUsd } from '../../../helpers/lib/format.ts';
import { costSentence, described, leftBehind, moneyIn, mainMeasurement, comparisonsWith } from './words.ts';

type Style = Parameters<typeof styleText>[0];

export interface TerminalOptions {
  /** The page's path, if it was written. */
  readonly report?: string | undefined;
  readonly color?: boolean;
}

/** The most sentences of one kind; the page has all of them. */
const most = 5;

/** Up to so many tests are looked at one by one: they need no table. */
const few = 10;

/**
 * The end of a run's output: a table of its areas, followed by remarks where there are any. For a few tests, one line,
 * and below it only what deserves attention.
 */
export function renderTerminal(summary: Summary, { report, color = false }: TerminalOptions = {}): string {
  const style: Paint = (format, text) => (color ? styleText(format, text, { validateStream: false }) : text);
  const isShort = summary.tests.total > 0 && summary.tests.total <= few;
  const blocks = isShort
    ? [oneLine(summary, report, style), ...attention(summary, style)]
    : [...(summary.areas.length === 0 ? [] : [table(summary, style)]), remarks(summary, report, style)];
  return `${blocks.join('\n').replace(/^(?=.)/gm, '  ')}\n`;
}

function table(summary: Summary, style: Paint): string {
  const money = moneyIn(summary.cost);
  const hasUnrun = summary.tests.didNotRun > 0;
  const rows = summary.areas.map((area) => [
    area.name,
    formatCount(area.tests.total),
    formatCount(area.tests.failed),
    ...(hasUnrun ? [formatCount(area.tests.didNotRun)] : []),
    mainMeasurement(area, summary)?.value ?? '–',
    mainMeasurement(area, summary)?.name ?? '',
    ...money.map(({ kind }) => formatUsd(area.cost[kind].total)),
    leftBehind(area, summary),
  ]);
  const [header, rule, ...lines] = formatTable(
    [
      'area',
      'tests',
      'failed',
      ...(hasUnrun ? ['did not run'] : []),
      'p95',
      'measurement',
      ...money.map(({ name }) => name),
      'left behind',
    ],
    rows,
  ).split('\n') as [string, string, ...string[]];
  const isRed = (index: number): boolean => {
    const { failed, didNotRun } = summary.areas[index]!.tests;
    return failed + didNotRun > 0;
  };
  return [
    style('bold', header),
    style('dim', rule),
    ...lines.map((line, index) => (isRed(index) ? style('red', line) : line)),
  ].join('\n');
}

type Paint = (format: Style, text: string) => string;
type Remark = readonly [label: string, sentences: readonly string[], format: Style];

/** What a few tests have cost and left. */
function oneLine({ cost, inventory }: Summary, report: string | undefined, style: Paint): string {
  const money = moneyIn(cost).map(({ kind, name }) => `${name} ${formatUsd(cost[kind].total)}`);
  const left =
    inventory.leftBehind === null ? 'what is left behind is not known' : leftWords(inventory.leftBehind.length);
  const words = [...money, left, ...(report === undefined ? [] : [report])].join(', ');
  return `${style('dim', 'cost and performance')}  ${words}`;
}

function leftWords(count: number): string {
  return count === 0 ? 'nothing left behind' : `${formatCount(count)} left behind`;
}

function attention(summary: Summary, style: Paint): string[] {
  const quiet = new Set(['history', 'cost', 'gate unknown', 'report', 'faster than usual']);
  const text = shown(
    allRemarks(summary, undefined).filter(([label]) => !quiet.has(label)),
    style,
  );
  return text === '' ? [] : [text];
}

function remarks(summary: Summary, report: string | undefined, style: Paint): string {
  return shown(allRemarks(summary, report), style);
}

function allRemarks(summary: Summary, report: string | undefined): Remark[] {
  const { historyRuns } = summary.regressions;
  const changed = (verdict: 'slower' | 'faster'): string[] =>
    comparisonsWith(verdict, summary).map((comparison) => `${comparison.name}  ${described(comparison)}`);
  const unknown = comparisonsWith('insufficient samples', summary).length;
  const without = `; insufficient samples of ${counted(unknown, 'measurement')}`;
  return [
    ['not complete', notComplete(summary), 'red'],
    ['slower than usual', changed('slower'), 'red'],
    ['faster than usual', changed('faster'), 'green'],
    [
      'history',
      [`${historyRuns === 0 ? 'none yet' : counted(historyRuns, 'run')}${unknown === 0 ? '' : without}`],
      'reset',
    ],
    ['cost', [costSentence(summary.cost)], 'reset'],
    ['gate failed', summary.gates.filter(({ state }) => state === 'failed').map(({ sentence }) => sentence), 'red'],
    [
      'gate unknown',
      summary.gates.filter(({ state }) => state === 'unknown').map(({ sentence }) => sentence),
      'yellow',
    ],
    ['resources', summary.resources.alerts, 'yellow'],
    ['not known', summary.missing, 'yellow'],
    ['report', report === undefined ? [] : [report], 'cyan'],
  ];
}

function notComplete({ tests: { didNotRun, total }, run: { missingShards } }: Summary): string[] {
  return [
    ...(didNotRun > 0 ? [`${formatCount(didNotRun)} of ${counted(total, 'test')} did not run`] : []),
    ...missingShards.map((shard) => `the report of shard ${shard} is missing`),
  ];
}

function shown(lines: readonly Remark[], style: Paint): string {
  return lines
    .flatMap(([label, sentences, format]) =>
      shortened(sentences).map(
        (sentence, index) => `${style('dim', (index === 0 ? label : '').padEnd(17))}  ${style(format, sentence)}`,
      ),
    )
    .join('\n');
}

function shortened(sentences: readonly string[]): readonly string[] {
  return sentences.length <= most
    ? sentences
    : [...sentences.slice(0, most - 1), `and ${formatCount(sentences.length - most + 1)} more`];
}
