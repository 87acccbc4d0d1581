import { rounded } from './statistics.ts';
import { formatTable } from '../../lib/table.ts';

/** The goal of a figure. */
export type Goal = { readonly atMost: number } | { readonly atLeast: number };

/** The findings of a bench: figures by name for comparing runs, and tables for reading. */
export class Report {
  readonly #bench: string;
  readonly #figures: Record<string, number> = {};

  constructor(bench: string) {
    this.#bench = bench;
  }

  /** Records a figure. Returns the text about its goal, empty when it has none. */
  figure(key: string, value: number, goal?: Goal): string {
    this.#figures[key] = rounded(value);
    if (goal === undefined) return '';
    return 'atMost' in goal
      ? `≤ ${goal.atMost} ${verdict(value <= goal.atMost)}`
      : `≥ ${goal.atLeast} ${verdict(value >= goal.atLeast)}`;
  }

  /** Records how many times faster this project is. Returns that as text, with the text about its goal. */
  ratio(key: string, value: number, goal?: Goal): string {
    return `${value.toPrecision(3)} × ${this.figure(key, value, goal)}`.trimEnd();
  }

  table(title: string, header: readonly string[], rows: readonly (readonly string[])[]): void {
    console.log(`\n${title}\n\n${formatTable(header, rows)}`);
  }

  say(sentence: string): void {
    console.log(`\n${sentence}`);
  }

  /** Prints the last line, for machines. */
  end(): void {
    console.log(`\n${JSON.stringify({ bench: this.#bench, figures: this.#figures })}`);
  }
}

function verdict(met: boolean): string {
  return met ? 'met' : 'MISSED';
}

/** Milliseconds as text, with as many digits as are significant. */
export function shown(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
