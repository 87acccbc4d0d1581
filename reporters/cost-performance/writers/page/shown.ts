import type { Summary } from '../../summary/summary-schema.ts';
import { type Html, html } from './html.ts';

/** Dotted paths to the numbers of a summary: `tests.total`, `areas.0.tests.failed`. */
type FigurePath<Part> = {
  [Key in keyof Part & string]: Part[Key] extends number | null
    ? Key
    : Part[Key] extends readonly (infer Element)[]
      ? Element extends object
        ? `${Key}.${number}.${FigurePath<Element>}`
        : never
      : Part[Key] extends object
        ? `${Key}.${FigurePath<Part[Key]>}`
        : never;
}[keyof Part & string];
export type Figure = FigurePath<Pick<Summary, 'run' | 'tests' | 'time' | 'areas' | 'cost' | 'regressions'>>;

/** A number of the summary, with its path in the embedded summary, so that tests can compare the two. */
export function shown(summary: Summary, path: Figure, format: (value: number) => string): Html {
  const value = path
    .split('.')
    .reduce<unknown>((part, key) => (part as Readonly<Record<string, unknown>>)[key], summary) as number | null;
  return html`<data data-figure="${path}" value="${value ?? ''}">${value === null ? '–' : format(value)}</data>`;
}
