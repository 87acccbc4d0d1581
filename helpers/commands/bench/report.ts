import { rounded } from './statistics.ts';
import { formatTable } from '../../lib/table.ts';

/** What a figure should be. */
export type Goal = { readonly atMost: number } | { readonly atLeast: number };

/** What a bench found: figures by name, for whoever compares runs, and tables on the way, for people. */
export class Report {
  readonly #bench: string;
  readonly #figures: Record<string, number> = {};

  constructor(bench: string) {
    this.#bench = bench;
  }

  /** Notes a figure. Returns what to say of its goal, which is nothing where there is none. */
  figure(key: string, value: number, goal?: Goal): string {
    this.#figures[key] = rounded(value);
    if (goal === undefined) return '';
    return 'atMost' in goal
      ? `≤ ${goal.atMost} ${verdict(value <= goal.atMost)}`
      : `≥ ${goal.atLeast} ${verdict(value >= goal.atLeast)}`;
  }

  /** Notes how many times faster ours is, and says so, and what to say of its goal. */
  ratio(key: string, value: number, goal?: Goal): string {
    return `${value.toPrecision(3)} × ${this.figure(key, value, goal)}`.trimEnd();
  }

  table(title: string, header: readonly string[], rows: readonly (readonly string[])[]): void {
    console.log(`\n${title}\n\n${formatTable(header, rows)}`);
  }

  say(sentence: string): void {
    console.log(`\n${sentence}`);
  }

  /** The last line: for machines. */
  end(): void {
    console.log(`\n${JSON.stringify({ bench: this.#bench, figures: this.#figures })}`);
  }
}

function verdict(met: boolean): string {
  return met ? 'met' : 'MISSED';
}

/** Milliseconds as text, with as many digits as mean something. */
export function shown(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
