import { sum } from 'd3-array';
import { type Html, html } from './html.ts';
import { axis, grid, rounded, type Scale } from './scale.ts';

export interface Stack {
  readonly name: string;
  /** In order, with the class of each part's mark. */
  readonly parts: readonly { readonly mark: string; readonly value: number }[];
  /** The text after the bar. */
  readonly total: string;
}

/** A bar for each stack, made of its parts, on one scale. */
export function stackedBars(stacks: readonly Stack[], scale: Scale): Html {
  return html`${stacks.map(
      ({ name, parts, total }) =>
        html`<div class="row">
          <span>${name}</span>
          <div class="track">
            ${grid(scale)}
            <div class="stack" style="width:${scale.at(sum(parts, ({ value }) => value))}%">
              ${shares(parts).map(({ mark, share }) => html`<i class="${mark}" style="width:${share}%"></i>`)}
            </div>
          </div>
          <b>${total}</b>
        </div> `,
    )}
    <div class="row"><span></span>${axis(scale)}<b></b></div>`;
}

function shares(parts: Stack['parts']): { mark: string; share: number }[] {
  const total = sum(parts, ({ value }) => value);
  return parts
    .filter(({ value }) => value > 0)
    .map(({ mark, value }) => ({ mark, share: rounded((value / total) * 100) }));
}

/** The greatest sum of all stacks. */
export function greatest(stacks: readonly Stack[]): number {
  return Math.max(0, ...stacks.map(({ parts }) => sum(parts, ({ value }) => value)));
}
