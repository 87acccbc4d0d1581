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

/** The end of a run's output: a table of its areas, followed by remarks where there are any. */
export function renderTerminal(summary: Summary, { report, color = false }: TerminalOptions = {}): string {
  const style = (format: Style, text: string): string => (color ? styleText(format, text) : text);
  const blocks = [...(summary.areas.length === 0 ? [] : [table(summary, style)]), remarks(summary, report, style)];
  return `${blocks.join('\n').replace(/^(?=.)/gm, '  ')}\n`;
}

function table(summary: Summary, style: (format: Style, text: string) => string): string {
  const money = moneyIn(summary.cost);
  const rows = summary.areas.map((area) => [
    area.name,
    formatCount(area.tests.total),
    formatCount(area.tests.failed),
    mainMeasurement(area, summary)?.value ?? '–',
    mainMeasurement(area, summary)?.name ?? '',
    ...money.map(({ kind }) => formatUsd(area.cost[kind].total)),
    leftBehind(area, summary),
  ]);
  const [header, rule, ...lines] = formatTable(
    ['area', 'tests', 'failed', 'p95', 'measurement', ...money.map(({ name }) => name), 'left behind'],
    rows,
  ).split('\n') as [string, string, ...string[]];
  const isRed = (index: number): boolean => summary.areas[index]!.tests.failed > 0;
  return [
    style('bold', header),
    style('dim', rule),
    ...lines.map((line, index) => (isRed(index) ? style('red', line) : line)),
  ].join('\n');
}

function remarks(summary: Summary, report: string | undefined, style: (format: Style, text: string) => string): string {
  const { historyRuns } = summary.regressions;
  const changed = (verdict: 'slower' | 'faster'): string[] =>
    comparisonsWith(verdict, summary).map((comparison) => `${comparison.name}  ${described(comparison)}`);
  const unknown = comparisonsWith('insufficient samples', summary).length;
  const without = `; insufficient samples of ${counted(unknown, 'measurement')}`;
  const lines: (readonly [label: string, sentences: readonly string[], format: Style])[] = [
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
