import type { Summary } from '../../summary/summary-schema.ts';
import { key } from './figure.ts';
import type { Html } from './html.ts';

const hues = 6;

/** The class of one of the colours that have no meaning of their own. */
export function hue(index: number): string {
  return `hue-${(index % hues) + 1}`;
}

/** The colour of an area, the same in all plots. */
export function hueOfArea(name: string, { areas }: Summary): string {
  return hue(
    Math.max(
      0,
      areas.findIndex((area) => area.name === name),
    ),
  );
}

export function areaKeys(summary: Summary): Html[] {
  return summary.areas.map(({ name }) => key(`line ${hueOfArea(name, summary)}`, name));
}
