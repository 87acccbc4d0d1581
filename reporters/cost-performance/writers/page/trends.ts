import { max } from 'd3-array';
import type { Unit } from '../../../../helpers/measurements/index.ts';
import type { Summary } from '../../summary/schema.ts';
import { counted, formatChange, formatCount, formatValue } from '../../format.ts';
import { capitalized, type Comparison, described, thatAre } from '../words.ts';
import { figure, key, picture, section, table } from './figure.ts';
import { type Content, type Html, html } from './html.ts';
import { linear, rounded } from './scale.ts';

type Trend = Summary['regressions']['trends'][number];
type Verdict = Comparison['verdict'];

/** What stands first is what somebody should look at. */
const order: readonly Verdict[] = ['slower', 'faster', 'same', 'insufficient samples'];
const signs: Readonly<Record<Verdict, string>> = { slower: '▲', faster: '▼', same: '', 'insufficient samples': '' };

/** What became slower or faster, and how every measurement went from run to run. */
export function trends(summary: Summary): Html | undefined {
  const { comparisons, trends: all, historyRuns, machineSpeed } = summary.regressions;
  if (all.length === 0 && comparisons.length === 0) return undefined;
  const changed = [...thatAre('slower', summary), ...thatAre('faster', summary)];
  const unknown = thatAre('insufficient samples', summary).length;
  const speed = machineSpeed === null ? 'The speed of the machine is not known.' : `The machine took ${formatChange(machineSpeed)} time for the same work; that is taken out.`;
  const cards = all.map((trend) => ({ trend, verdict: verdictOf(trend, comparisons) })).toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  return section('changes', 'Against the history',
    html`<p>${counted(historyRuns, 'earlier run')}, ${counted(comparisons.length, 'comparison')}${unknown === 0 ? '' : `, ${formatCount(unknown)} of them with insufficient samples`}. ${speed}</p>`,
    changed.length === 0 ? html`<p>Nothing is slower or faster than usual.</p>` : table({
      caption: 'Slower and faster than usual', columns: ['Measurement', 'Area', 'Verdict', 'By how much'],
      rows: changed.map((comparison) => [comparison.name, comparison.area, inWords(comparison.verdict), described(comparison)]),
    }),
    all.length === 0 ? undefined : figure({
      title: 'From run to run',
      caption: 'The median of each run, the oldest at the left and this one as a dot at the right. The band is where this run was to be expected.',
      legend: [key('dot', 'this run'), key('band', 'to be expected')],
      plot: html`<div class="cards">${cards.map(({ trend, verdict: found }) => card(trend, found, comparisons))}</div>`,
      data: {
        caption: 'this run and its history',
        columns: ['Measurement', 'Area', 'Verdict', { number: 'This run' }, { number: 'To be expected' }, 'Against the history'],
        rows: cards.map(({ trend, verdict: found }) => [trend.name, trend.area, found, valueOf(trend, trend.medians.at(-1)), bandOf(trend), comparisonOf(trend, comparisons)]),
      },
    }));
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
  return html`<strong class="verdict ${found.replace(' ', '-')}">${signs[found]} ${found === 'same' ? 'as usual' : found}${change}</strong>`;
}

function card(trend: Trend, found: Verdict, comparisons: readonly Comparison[]): Html {
  const { name, area, medians, band } = trend;
  const { at, ticks } = linear(max([...medians, band?.[1] ?? 0]) ?? 1, (value) => valueOf(trend, value), 2);
  const x = (index: number): number => rounded(medians.length === 1 ? 100 : (index / (medians.length - 1)) * 100);
  const y = (value: number): number => rounded(100 - at(value));
  const ratio = find(trend, comparisons)?.ratio ?? null;
  const isChange = found === 'slower' || found === 'faster';
  return html`<div class="card">
    <p><b>${name}</b> <small>${area}</small></p>
    ${picture(`${name} in ${area}: ${valueOf(trend, medians.at(-1))} in this run, ${bandOf(trend)} expected, ${capitalized(found)}.`, html`
      ${ticks.map((tick) => html`<span class="tick" style="top:${rounded(100 - tick.at)}%">${tick.label}</span>`)}
      <div class="field">${band === null ? undefined : html`<i class="band" style="top:${y(band[1])}%;height:${rounded(y(band[0]) - y(band[1]))}%"></i>`}
      <svg viewBox="0 0 100 100" preserveAspectRatio="none"><polyline points="${medians.map((value, index) => `${x(index)},${y(value)}`).join(' ')}"/></svg>
      <i class="dot ${found.replace(' ', '-')}" style="left:100%;top:${y(medians.at(-1) ?? 0)}%"></i></div>`, 'trend')}
    <p>${valueOf(trend, medians.at(-1))} ${inWords(found, isChange && ratio !== null ? ` ${formatChange(ratio)}` : '')}</p></div>
`;
}
