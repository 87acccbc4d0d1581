import type { Summary } from '../../summary/schema.ts';
import { key } from './figure.ts';
import type { Html } from './html.ts';

const colours = 6;

/** The class that gives an area its colour, the same in all plots. */
export function areaMark(name: string, { areas }: Summary): string {
  const index = areas.findIndex((area) => area.name === name);
  return `hue-${(Math.max(index, 0) % colours) + 1}`;
}

export function areaKeys(summary: Summary): Html[] {
  return summary.areas.map(({ name }) => key(`line ${areaMark(name, summary)}`, name));
}
