import { group, max } from 'd3-array';
import type { Summary } from '../../summary/summary-schema.ts';
import { formatBytes, formatCount, formatDuration } from '../../../../helpers/lib/format.ts';
import { figure, key, picture, section } from './figure.ts';
import { type Html, html } from './html.ts';
import { hue } from './hues.ts';
import { axis, grid, linear, rounded, type Scale, timeline } from './scale.ts';

type Sample = Summary['resources']['samples'][number];

interface Kind {
  readonly name: string;
  readonly of: (sample: Sample) => number | undefined;
  readonly format: (value: number) => string;
  /** The total, where there is one. */
  readonly whole?: (sample: Sample) => number;
}

const kinds: readonly Kind[] = [
  {
    name: 'processor',
    of: ({ cpuPercent }) => cpuPercent,
    format: (value) => `${Math.round(value)} %`,
    whole: () => 100,
  },
  { name: 'memory', of: ({ memoryUsed }) => memoryUsed, format: formatBytes, whole: ({ memoryTotal }) => memoryTotal },
  {
    name: 'disk',
    of: ({ diskTotal, diskFree }) => diskTotal - diskFree,
    format: formatBytes,
    whole: ({ diskTotal }) => diskTotal,
  },
  { name: 'processes', of: ({ processes }) => processes, format: formatCount },
  { name: 'connections', of: ({ connections }) => connections, format: formatCount },
];

/** The machines' usage while the tests ran, and shortages. */
export function resources(summary: Summary): Html | undefined {
  const { samples, alerts } = summary.resources;
  if (samples.length === 0 && alerts.length === 0) return undefined;
  return section(
    'resources',
    'Resources',
    alerts.length === 0
      ? html`<p>Nothing was exhausted, nor nearly so.</p>`
      : html`<ul class="alerts">
          ${alerts.map((alert) => html`<li>${alert}</li>`)}
        </ul>`,
    samples.length === 0 ? undefined : overTime(samples, summary.run.duration),
  );
}

function overTime(samples: readonly Sample[], duration: number): Html {
  const time = timeline(
    Math.max(
      duration,
      max(samples, ({ at }) => at)!,
    ),
  );
  const shards = [...group(samples, ({ shard }) => shard)];
  const present = kinds.filter(({ of }) => samples.some((sample) => of(sample) !== undefined));
  const most = (kind: Kind): string => {
    const whole = kind.whole === undefined ? '' : `, of ${kind.format(wholeOf(kind, samples))}`;
    return `${kind.format(peakOf(kind, samples))} (${kind.name}${whole})`;
  };
  return figure({
    title: 'What the machines were using',
    caption:
      'On the same time axis as the workers. Each row begins at zero; its top is all there is, or a round number ' +
      'above the highest value where there is no such thing.',
    legend: shards.length > 1 ? shards.map(([shard], index) => key(`line ${hue(index)}`, `shard ${shard}`)) : undefined,
    plot: picture(
      `At most ${present.map(most).join(', ')}.`,
      [present.map((kind) => row(kind, samples, time)), html`<div class="row"><span></span>${axis(time)}<b></b></div>`],
      'resources',
    ),
    data: {
      caption: 'the peak of each shard',
      columns: ['Shard', ...present.map(({ name }) => ({ number: name })), { number: 'Samples' }, { number: 'Until' }],
      rows: shards.map(([shard, own]) => [
        shard,
        ...present.map((kind) => kind.format(peakOf(kind, own))),
        formatCount(own.length),
        formatDuration(max(own, ({ at }) => at)!),
      ]),
    },
  });
}

function row(kind: Kind, samples: readonly Sample[], time: Scale): Html {
  const { at } =
    kind.whole === undefined
      ? linear(peakOf(kind, samples), kind.format)
      : { at: (value: number) => rounded((value / Math.max(1, wholeOf(kind, samples))) * 100) };
  const points = (own: readonly Sample[]): string =>
    own
      .flatMap((sample) => {
        const value = kind.of(sample);
        return value === undefined ? [] : [`${time.at(sample.at)},${rounded(100 - at(value))}`];
      })
      .join(' ');
  const lines = [...group(samples, ({ shard }) => shard).values()].map(
    (own, index) => html`<polyline class="${hue(index)}" points="${points(own)}" />`,
  );
  return html`<div class="row">
    <span>${kind.name}</span>
    <div class="track">${grid(time)}<svg viewBox="0 0 100 100" preserveAspectRatio="none">${lines}</svg></div>
    <b
      >${kind.format(peakOf(kind, samples))}<small
        >${kind.whole === undefined ? 'at most' : `of ${kind.format(wholeOf(kind, samples))}`}</small
      ></b
    >
  </div> `;
}

function peakOf({ of }: Kind, samples: readonly Sample[]): number {
  return max(samples, of) ?? 0;
}

function wholeOf({ whole }: Kind, samples: readonly Sample[]): number {
  return (whole === undefined ? undefined : max(samples, whole)) ?? 0;
}
