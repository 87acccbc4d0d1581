import type { Summary } from '../../summary/summary-schema.ts';
import { counted, formatDuration, orInsufficient } from '../../../../helpers/lib/format.ts';
import { hueOfArea } from './hues.ts';
import { figure, key, picture } from './figure.ts';
import { type Html, html } from './html.ts';
import { axis, grid, logarithmic, rounded, type Scale } from './scale.ts';

type Measurement = Summary['measurements'][number];

/** The distributions of all measured times, on one logarithmic axis. */
export function latency(summary: Summary): Html | undefined {
  const times = summary.measurements.filter(({ unit, n }) => n > 0 && (unit === 'ms' || unit === 's')).map(inMs);
  if (times.length === 0) return undefined;
  const positive = times
    .flatMap(({ histogram, max }) => [histogram.bounds[0] ?? max, max])
    .filter((value) => value > 0);
  const scale = logarithmic([Math.min(...positive, 1e9) * 0.9, Math.max(...positive, 0.001) * 1.1], formatDuration);
  const medians = times.map(({ name, median }) => `${name} ${formatDuration(median)}`);
  return figure({
    title: 'How long each operation took',
    caption:
      'The higher the shape, the more samples. The axis is logarithmic: equal steps are equal ratios. ' +
      'A p95 needs 20 samples, a p99 100; with fewer it is not drawn.',
    legend: [key('mark median', 'median'), key('mark p95', 'p95'), key('mark p99', 'p99'), key('mark max', 'max')],
    plot: picture(
      `${counted(times.length, 'operation')}: ${medians.join(', ')} (medians).`,
      [
        html`<div class="row head">
          <span></span>
          <div></div>
          <b><span>median</span><span>p95</span></b>
        </div>`,
        times.map((time) => strip(time, scale, summary)),
        html`<div class="row"><span></span>${axis(scale)}<b></b></div>`,
      ],
      'distributions',
    ),
    data: {
      caption: 'percentiles of each operation',
      columns: [
        'Operation',
        'Area',
        { number: 'Samples' },
        { number: 'Median' },
        { number: 'p95' },
        { number: 'p99' },
        { number: 'Max' },
      ],
      rows: times.map(({ name, area, n, median, p95, p99, max }) => [
        name,
        area,
        n.toLocaleString('en-US'),
        formatDuration(median),
        orInsufficient(p95, formatDuration),
        orInsufficient(p99, formatDuration),
        formatDuration(max),
      ]),
    },
  });
}

function inMs(measurement: Measurement): Measurement {
  if (measurement.unit === 'ms') return measurement;
  const {
    median,
    p95,
    p99,
    max,
    histogram: { bounds, counts },
  } = measurement;
  const ms = <Value extends number | null>(value: Value): Value => (value === null ? value : value * 1000) as Value;
  return {
    ...measurement,
    unit: 'ms',
    median: ms(median),
    p95: ms(p95),
    p99: ms(p99),
    max: ms(max),
    histogram: { bounds: bounds.map(ms), counts },
  };
}

function strip({ name, area, n, median, p95, p99, max, histogram }: Measurement, scale: Scale, summary: Summary): Html {
  const mark = (className: string, value: number | null): Html | undefined =>
    value === null ? undefined : html`<i class="mark ${className}" style="left:${scale.at(value)}%"></i>`;
  return html`<div class="row" title="${`${name}: ${counted(n, 'sample')}`}">
    <span>${name}<small>${area}</small></span>
    <div class="track ${hueOfArea(area, summary)}">
      ${grid(scale)}<svg viewBox="0 0 100 100" preserveAspectRatio="none"><path d="${outline(histogram, scale)}" /></svg
      >${mark('max', max)}${mark('p99', p99)}${mark('p95', p95)}${mark('median', median)}
    </div>
    <b
      ><span>${formatDuration(median)}</span
      ><span>${p95 === null ? html`<small>n = ${n}</small>` : formatDuration(p95)}</span></b
    >
  </div> `;
}

/** The bins as steps over a base line; left out for very few samples, where a shape would be misleading. */
function outline({ bounds, counts }: Measurement['histogram'], { at }: Scale): string {
  const highest = Math.max(1, ...counts);
  const steps = counts.map((count, index) => {
    const top = rounded(100 - (count / highest) * 92);
    return `V${top}H${at(bounds[index + 1] ?? 0)}`;
  });
  return `M${at(bounds[0] ?? 0)},100${steps.join('')}V100Z`;
}
