import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';

for (const scheme of ['light', 'dark'] as const) {
  test(`colours stand out in ${scheme} mode`, () => {
    const colours = coloursOf(scheme);
    const contrastOf = (name: string): number => contrast(colours[name]!, colours['paper']!);
    const tooFaint = (names: readonly string[], least: number): string[] =>
      names.filter((name) => contrastOf(name) < least).map((name) => `${name} ${contrastOf(name).toFixed(2)}`);
    expect(tooFaint(['ink', 'quiet', 'link', 'good', 'bad', 'warn'], 4.5)).toEqual([]);
    expect(tooFaint(['passed', 'followed', 'hue-1', 'hue-2', 'hue-3', 'hue-4', 'hue-5', 'hue-6'], 3)).toEqual([]);
  });
}

function coloursOf(scheme: 'light' | 'dark'): Readonly<Record<string, string>> {
  const css = readFileSync(new URL('page.css', import.meta.url), 'utf8');
  const pairs = [...css.matchAll(/--([\w-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\);/g)];
  return Object.fromEntries(pairs.map(([, name, light, dark]) => [name, scheme === 'light' ? light : dark]));
}

/** The contrast ratio of WCAG 2.2, 1.4.3. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string): number => {
    const [red, green, blue] = [0, 2, 4]
      .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((value) => (value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)) as [
      number,
      number,
      number,
    ];
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [darker, lighter] = [luminance(one), luminance(other)].toSorted((a, b) => a - b) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}
