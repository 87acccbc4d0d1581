import { group, max } from 'd3-array';
import type { Summary } from '../../summary/schema.ts';
import { formatBytes, formatCount, formatDuration } from '../../format.ts';
import { figure, key, picture, section } from './figure.ts';
import { type Html, html } from './html.ts';
import { axis, grid, linear, rounded, timeline } from './scale.ts';

type Sample = Summary['resources']['samples'][number];

interface Kind {
  readonly name: string;
  readonly of: (sample: Sample) => number | undefined;
  readonly format: (value: number) => string;
  /** What is all of it, where there is such a thing. */
  readonly whole?: (sample: Sample) => number;
}

const kinds: readonly Kind[] = [
  { name: 'processor', of: ({ cpuPercent }) => cpuPercent, format: (value) => `${Math.round(value)} %`, whole: () => 100 },
  { name: 'memory', of: ({ memoryUsed }) => memoryUsed, format: formatBytes, whole: ({ memoryTotal }) => memoryTotal },
  { name: 'disk', of: ({ diskTotal, diskFree }) => diskTotal - diskFree, format: formatBytes, whole: ({ diskTotal }) => diskTotal },
  { name: 'processes', of: ({ processes }) => processes, format: formatCount },
  { name: 'connections', of: ({ connections }) => connections, format: formatCount },
];

/** What the machines were using while the tests ran, on the same axis as the workers. */
export function resources(summary: Summary): Html | undefined {
  const { samples, alerts } = summary.resources;
  if (samples.length === 0) return undefined;
  const time = timeline(Math.max(summary.run.duration, max(samples, ({ at }) => at)!));
  const shards = [...group(samples, ({ shard }) => shard)];
  const present = kinds.filter(({ of }) => samples.some((sample) => of(sample) !== undefined));
  const peaks = present.map((kind) => ({ kind, peak: peakOf(kind, samples), whole: kind.whole === undefined ? undefined : max(samples, kind.whole)! }));
  return section('resources', 'Resources',
    alerts.length === 0 ? html`<p>Nothing was exhausted, nor nearly so.</p>` : html`<ul class="alerts">${alerts.map((alert) => html`<li>${alert}</li>`)}</ul>`,
    figure({
      title: 'What the machines were using',
      caption: 'On the same time axis as the workers. Each row begins at zero; its top is all there is, or the highest value where there is no such thing.',
      legend: shards.length > 1 ? shards.map(([shard], index) => key(`line hue-${index % 6 + 1}`, `shard ${shard}`)) : undefined,
      plot: picture(`At most ${peaks.map(({ kind, peak, whole }) => `${kind.format(peak)}${whole === undefined || kind.name === 'processor' ? '' : ` of ${kind.format(whole)}`} (${kind.name})`).join(', ')}.`,
        [peaks.map(({ kind, peak, whole }) => {
          const y = linear(whole ?? peak, kind.format, 2);
          const line = ([shard, own]: [number, Sample[]], index: number): Html => html`<polyline class="hue-${index % 6 + 1}" data-shard="${shard}" points="${own.flatMap((sample) => (kind.of(sample) === undefined ? [] : [`${time.at(sample.at)},${rounded(100 - y.at(kind.of(sample)!))}`])).join(' ')}"/>`;
          return html`<div class="row valued"><span>${kind.name}</span><div class="track">${grid(time)}<svg viewBox="0 0 100 100" preserveAspectRatio="none">${shards.map(line)}</svg></div><b>${kind.format(peak)}<small>${whole === undefined || kind.name === 'processor' ? 'at most' : `of ${kind.format(whole)}`}</small></b></div>
`;
        }), html`<div class="row valued"><span></span>${axis(time)}<b></b></div>`], 'resources'),
      data: {
        caption: 'the peak of each shard',
        columns: ['Shard', ...present.map(({ name }) => ({ number: name })), { number: 'Samples' }, { number: 'Until' }],
        rows: shards.map(([shard, own]) => [shard, ...present.map((kind) => kind.format(peakOf(kind, own))), formatCount(own.length), formatDuration(max(own, ({ at }) => at)!)]),
      },
    }));
}

function peakOf({ of }: Kind, samples: readonly Sample[]): number {
  return max(samples, of) ?? 0;
}
