import { group, max, sum } from 'd3-array';
import type { Summary } from '../../summary/summary-schema.ts';
import { counted, formatDuration, formatShare } from '../../../../helpers/lib/format.ts';
import { durationOf, type Test } from '../words.ts';
import { areaKeys, hueOfArea } from './hues.ts';
import { type Content, type Html, html } from './html.ts';
import { figure, key } from './figure.ts';
import { axis, grid, rounded, type Scale, timeline } from './scale.ts';

type Attempt = Test['attempts'][number];

interface Bar {
  readonly test: Test;
  readonly attempt: Attempt;
}

/** The longest attempts; the table of tests has all of them. */
const shownAttempts = 20;

/** A lane for each worker of each shard, a bar for each attempt of a test. */
export function waterfall(summary: Summary): Html | undefined {
  const bars = summary.all.flatMap((test) =>
    test.attempts.filter(({ status }) => status !== 'skipped').map((attempt): Bar => ({ test, attempt })),
  );
  if (bars.length === 0) return undefined;
  const whole = Math.max(
    summary.run.duration,
    max(bars, ({ attempt }) => attempt.startedAt + attempt.duration)!,
  );
  const scale = timeline(whole);
  const lanes = [...group(bars, ({ attempt }) => nameOf(attempt, summary))].toSorted(([a], [b]) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  const others = bars.filter(({ attempt }) => attempt.status !== 'passed').length;
  const longest = bars.toSorted((a, b) => b.attempt.duration - a.attempt.duration).slice(0, shownAttempts);
  return figure({
    title: 'Workers over time',
    caption:
      'A row for each worker, a bar for each attempt of a test; its lighter beginning is set-up, the line below it ' +
      'its area. At the right, how much of the time the worker was busy.',
    legend: [
      key('passed', 'passed'),
      key('failed', 'failed'),
      key('followed', 'failed, then tried again'),
      areaKeys(summary),
    ],
    plot: keyboardPlot(
      `${counted(lanes.length, 'worker')} over ${formatDuration(whole)}: ${counted(bars.length, 'attempt')}, of which ` +
        `${others} did not pass; busy ${formatShare(busyIn(bars, whole * lanes.length))} of the time.`,
      [
        lanes.map(([name, own], index) => row(name, own, { whole, summary, isFirst: index === 0 })),
        html`<div class="row"><span></span>${axis(scale)}<b></b></div>`,
      ],
    ),
    data: {
      caption: bars.length > shownAttempts ? `the ${shownAttempts} longest attempts` : 'all attempts',
      columns: [
        'Test',
        'Worker',
        'Status',
        { number: 'Began after' },
        { number: 'Took' },
        { number: 'Of which set-up' },
      ],
      rows: longest.map(({ test, attempt }) => [
        html`<a href="#test-${test.id}">${test.title}</a>`,
        nameOf(attempt, summary),
        attempt.status,
        formatDuration(attempt.startedAt),
        formatDuration(attempt.duration),
        formatDuration(attempt.setUp),
      ]),
    },
  });
}

/** A plot whose bars have names: one of them is a stop of the Tab key, and the arrow keys lead to the others. */
function keyboardPlot(says: string, drawing: Content): Html {
  return html`<div class="waterfall" role="group" aria-label="${says}">
    ${drawing}
    <output>Point at a bar, or press Tab and the arrow keys, for its name.</output>
  </div>`;
}

/** The share of the time that the bars cover. */
function busyIn(bars: readonly Bar[], time: number): number {
  return time === 0 ? 0 : Math.min(1, sum(bars, ({ attempt }) => attempt.duration) / time);
}

function nameOf({ shard, lane }: Attempt, { run }: Summary): string {
  const { name = 'a shard' } = run.shards.find(({ index }) => index === shard) ?? {};
  return run.shards.length > 1 ? `${name}, worker ${lane + 1}` : `worker ${lane + 1}`;
}

interface Lane {
  readonly whole: number;
  readonly summary: Summary;
  readonly isFirst: boolean;
}

function row(name: string, bars: readonly Bar[], { whole, summary, isFirst }: Lane): Content {
  const scale = timeline(whole);
  return html`<div class="row">
    <span>${name}</span>
    <div class="track">
      ${grid(scale)}${bars.map((each, index) => bar(each, scale, summary, isFirst && index === 0))}
    </div>
    <b>${formatShare(busyIn(bars, whole))}</b>
  </div> `;
}

function bar({ test, attempt }: Bar, { at }: Scale, summary: Summary, isStop: boolean): Html {
  const left = at(attempt.startedAt);
  const setUp = attempt.duration === 0 ? 0 : rounded(Math.min(1, attempt.setUp / attempt.duration) * 100);
  const whole = durationOf(test);
  const inAll = `, of ${formatDuration(whole)} in ${counted(test.attempts.length, 'attempt')}`;
  const took = `${attempt.status} after ${formatDuration(attempt.duration)}${whole > attempt.duration ? inAll : ''}`;
  return html`<a
    class="bar ${lookOf(attempt)} ${hueOfArea(test.area, summary)}"
    tabindex="${isStop ? 0 : -1}"
    href="#test-${test.id}"
    style="left:${left}%;width:${rounded(at(attempt.startedAt + attempt.duration) - left)}%;--set-up:${setUp}%"
    title="${`${test.title}\n${took}`}"
  ></a>`;
}

function lookOf({ status, isRepeated }: Attempt): string {
  if (status === 'passed') return 'passed';
  return isRepeated ? 'followed' : 'failed';
}
