import { scaleLinear, scaleLog, scaleUtc } from 'd3-scale';
import { formatDuration } from '../../../../helpers/lib/format.ts';
import { type Html, html } from './html.ts';

/** Converts values to positions in percent, with the ticks of an axis. */
export interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

/** Equal steps from zero to a round number of at least `most`. */
export function linear(most: number, format: (value: number) => string, count = 5): Scale {
  const scale = scaleLinear([0, most > 0 ? most : 1], [0, 100]).nice(count);
  return scaled(scale, scale.ticks(count), format);
}

/** From the beginning of a run to its end, in milliseconds. */
export function timeline(most: number): Scale {
  const scale = scaleUtc([0, Math.max(most, 1)], [0, 100]);
  return scaled((value) => scale(value), scale.ticks(5).map(Number), formatDuration);
}

/** Equal ratios, with a tick at each power of ten; values below `least` are at the beginning. */
export function logarithmic([least, most]: readonly [number, number], format: (value: number) => string): Scale {
  const scale = scaleLog([least, Math.max(most, least * 10)], [0, 100]).clamp(true);
  const isPower = (value: number): boolean => Number.isInteger(Number(Math.log10(value).toFixed(6)));
  return scaled((value) => (value <= 0 ? 0 : scale(value)), scale.ticks().filter(isPower), format);
}

function scaled(scale: (value: number) => number, ticks: readonly number[], format: (value: number) => string): Scale {
  const at = (value: number): number => rounded(scale(value));
  return {
    at,
    ticks: ticks.map((value) => ({ at: at(value), label: value === 0 ? '0' : format(value).replace(/\.0(?= )/, '') })),
  };
}

/** A position in percent, with as many digits as a screen can show. */
export function rounded(percent: number): number {
  return Number(percent.toFixed(2));
}

/** Lines across a plot at the ticks of its horizontal axis. */
export function grid({ ticks }: Scale): Html {
  return html`${ticks.map(({ at }) => html`<i class="grid" style="left:${at}%"></i>`)}`;
}

/** The axis' labels. Those at the ends stay inside. */
export function axis({ ticks }: Scale): Html {
  const place = (at: number): string => (at < 4 ? 'first' : at > 96 ? 'last' : 'inner');
  return html`<div class="axis">
    ${ticks.map(({ at, label }) => html`<span class="${place(at)}" style="left:${at}%">${label}</span>`)}
  </div>`;
}
