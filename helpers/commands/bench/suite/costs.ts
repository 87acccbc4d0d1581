import type { CommandTimes } from '../command.ts';

/** A contender's times in one round, in milliseconds: of a run of few tests, and of one of many. */
export interface Round {
  readonly few: CommandTimes;
  readonly many: CommandTimes;
}

/** Milliseconds a test that cannot be told from nothing. */
const nothing = 0.1;

/** What runs and tests cost, by contender: a value for each round, in milliseconds. */
export class Costs {
  readonly #rounds: ReadonlyMap<string, readonly Round[]>;
  readonly few: number;
  readonly many: number;

  /** Times by contender; `plain` is Playwright alone. */
  constructor(rounds: ReadonlyMap<string, readonly Round[]>, few: number, many: number) {
    this.#rounds = rounds;
    this.few = few;
    this.many = many;
  }

  /** Of a run of few tests. */
  start(key: string): number[] {
    return this.#rounds.get(key)!.map(({ few }) => few.wall);
  }

  startOverPlain(key: string): number[] {
    return over(this.start(key), this.start('plain'));
  }

  /** Of each further test of the longer run: the start does not count. */
  perTest(key: string, time: keyof CommandTimes): number[] {
    return this.#rounds.get(key)!.map(({ few, many }) => (many[time] - few[time]) / (this.many - this.few));
  }

  perTestOverPlain(key: string, time: keyof CommandTimes): number[] {
    return over(this.perTest(key, time), this.perTest('plain', time));
  }

  /** How many times what a test of ours costs over plain Playwright one of theirs does. */
  ratios(theirs: string, ours: string): number[] {
    const of = (key: string): number[] => this.perTestOverPlain(key, 'wall').map((value) => Math.max(value, nothing));
    const own = of(ours);
    return of(theirs).map((value, round) => value / own[round]!);
  }
}

function over(values: readonly number[], plain: readonly number[]): number[] {
  return values.map((value, round) => value - plain[round]!);
}
