import { median } from 'd3-array';
import type { Unit } from '../../../../helpers/run/measurements/index.ts';
import type { Summary } from '../../summary/summary-schema.ts';
import { counted, formatChange, formatCount, formatValue } from '../../../../helpers/lib/format.ts';
import { capitalized, type Comparison, described, comparisonsWith } from '../words.ts';
import { figure, key, picture, section, table } from './figure.ts';
import { type Content, type Html, html } from './html.ts';
import { rounded } from './scale.ts';

type Trend = Summary['regressions']['trends'][number];
type Verdict = Comparison['verdict'];

/** The most important first. */
const order: readonly Verdict[] = ['slower', 'faster', 'same', 'insufficient samples'];
const signs: Readonly<Record<Verdict, string>> = { slower: '▲', faster: '▼', same: '', 'insufficient samples': '' };

/** What became slower or faster, and the trend of every measurement. */
export function trends(summary: Summary): Html | undefined {
  const { comparisons, trends: all, historyRuns, machineSpeed, machineContention } = summary.regressions;
  if (all.length === 0 && comparisons.length === 0) return undefined;
  const changed = [...comparisonsWith('slower', summary), ...comparisonsWith('faster', summary)];
  const unknown = comparisonsWith('insufficient samples', summary).length;
  const cards = all
    .map((trend) => ({ trend, verdict: verdictOf(trend, comparisons) }))
    .toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const rest = `, ${formatCount(unknown)} of them with insufficient samples`;
  return section(
    'changes',
    'Against the history',
    html`<p>
      ${counted(historyRuns, 'earlier run')}, ${counted(comparisons.length, 'comparison')}${unknown === 0 ? '' : rest}.
      ${speedInWords(machineSpeed)} ${contentionInWords(machineContention)}
    </p>`,
    changed.length === 0
      ? html`<p>Nothing is slower or faster than usual.</p>`
      : table({
          caption: 'Slower and faster than usual',
          columns: ['Measurement', 'Area', 'Verdict', 'By how much'],
          rows: changed.map((comparison) => [
            comparison.name,
            comparison.area,
            inWords(comparison.verdict),
            html`<span class="unbroken">${described(comparison)}</span>`,
          ]),
        }),
    all.length === 0
      ? undefined
      : figure({
          title: 'From run to run',
          caption:
            'The median of each run, the oldest at the left and this one as a dot at the right. The band is where this run ' +
            'was to be expected. All have the same scale, by ratio: the line in the middle is what is usual.',
          legend: [key('dot', 'this run'), key('band', 'to be expected')],
          plot: html`<div class="cards">
            ${cards.map(({ trend, verdict: found }) => card(trend, found, comparisons))}
          </div>`,
          data: {
            caption: 'this run and its history',
            columns: [
              'Measurement',
              'Area',
              'Verdict',
              { number: 'This run' },
              { number: 'To be expected' },
              'Against the history',
            ],
            rows: cards.map(({ trend, verdict: found }) => [
              trend.name,
              trend.area,
              found,
              valueOf(trend, trend.medians.at(-1)),
              bandOf(trend),
              comparisonOf(trend, comparisons),
            ]),
          },
        }),
  );
}

function find({ area, name }: Trend, comparisons: readonly Comparison[]): Comparison | undefined {
  return comparisons.find((comparison) => comparison.area === area && comparison.name === name);
}

function verdictOf(trend: Trend, comparisons: readonly Comparison[]): Verdict {
  return find(trend, comparisons)?.verdict ?? 'insufficient samples';
}

function comparisonOf(trend: Trend, comparisons: readonly Comparison[]): string {
  const comparison = find(trend, comparisons);
  return comparison === undefined ? 'not compared' : described(comparison);
}

function valueOf({ unit }: Trend, value: number | undefined): string {
  return value === undefined ? '–' : formatValue(value, unit as Unit);
}

function bandOf(trend: Trend): string {
  return trend.band === null ? 'not known' : trend.band.map((value) => valueOf(trend, value)).join(' to ');
}

function inWords(found: Verdict, change = ''): Content {
  return html`<strong class="verdict unbroken ${found.replace(' ', '-')}"
    >${signs[found]} ${found === 'same' ? 'as usual' : found}${change}</strong
  >`;
}

/** Positions from the top in percent, for ratios to the usual value: the same in all cards that have room. */
function ratios({ medians, band, unit }: Trend): {
  readonly usual: number;
  readonly at: (value: number) => number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
} {
  const usual = median(medians.length > 1 ? medians.slice(0, -1) : medians) ?? 0;
  const ratioOf = (value: number): number => (usual > 0 && value > 0 ? value / usual : 1);
  const reach = Math.max(
    1.7,
    ...[...medians, ...(band ?? [])].map((value) => Math.max(ratioOf(value), 1 / ratioOf(value)) * 1.1),
  );
  const at = (value: number): number => rounded(50 - (Math.log(ratioOf(value)) / Math.log(reach)) * 50);
  const step = [10, 5, 3, 2, 1.5].find((candidate) => candidate < reach) ?? 1.5;
  return {
    usual,
    at,
    ticks: [
      { at: at(usual * step), label: formatChange(step) },
      { at: 50, label: formatValue(usual, unit as Unit) },
      { at: at(usual / step), label: formatChange(1 / step) },
    ],
  };
}

function speedInWords(machineSpeed: number | null): string {
  if (machineSpeed === null) return 'The speed of the machine is not known.';
  const percent = Math.round((machineSpeed - 1) * 100);
  if (percent === 0) return 'The machine was as fast as usual.';
  return `The machine was ${Math.abs(percent)} % ${percent > 0 ? 'slower' : 'faster'} than usual, which is taken out.`;
}

/** Empty when the contention is about as usual. */
function contentionInWords(contention: number | null): string {
  if (contention === null || (contention < 1.25 && contention > 1 / 1.25)) return '';
  const difference = contention > 1 ? 'more' : 'less';
  return `It had ${difference} else to do: work took ${contention.toFixed(1)} times as long for it.`;
}

function card(trend: Trend, found: Verdict, comparisons: readonly Comparison[]): Html {
  const { name, area, medians, band } = trend;
  const { usual, at, ticks } = ratios(trend);
  const x = (index: number): number => rounded(medians.length === 1 ? 100 : (index / (medians.length - 1)) * 100);
  const ratio = find(trend, comparisons)?.ratio ?? null;
  const isChange = found === 'slower' || found === 'faster';
  const expected =
    band === null
      ? undefined
      : html`<i class="band" style="top:${at(band[1])}%;height:${rounded(at(band[0]) - at(band[1]))}%"></i>`;
  return html`<div class="card">
    <p><b>${name}</b> <small>${area}</small></p>
    ${picture(
      `${name} in ${area}: ${valueOf(trend, medians.at(-1))} in this run, ` +
        `${bandOf(trend)} expected, ${capitalized(found)}.`,
      html` ${ticks.map((tick) => html`<span class="tick" style="top:${tick.at}%">${tick.label}</span>`)}
        <div class="field">
          ${ticks.map((tick) => html`<i class="level" style="top:${tick.at}%"></i>`)}${expected}
          <svg viewBox="0 0 100 100" preserveAspectRatio="none">
            <polyline points="${medians.map((value, index) => `${x(index)},${at(value)}`).join(' ')}" />
          </svg>
          <i class="dot ${found.replace(' ', '-')}" style="left:100%;top:${at(medians.at(-1) ?? usual)}%"></i>
        </div>`,
      'trend',
    )}
    <p>
      ${valueOf(trend, medians.at(-1))} ${inWords(found, isChange && ratio !== null ? ` ${formatChange(ratio)}` : '')}
    </p>
  </div> `;
}
