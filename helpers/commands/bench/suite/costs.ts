import type { CommandTimes } from '../command.ts';

/** A contender's times in one round, in milliseconds: of a run of few tests, and of one of many. */
export interface Round {
  readonly few: CommandTimes;
  readonly many: CommandTimes;
}

/** Milliseconds that each of the further tests of the longer run takes, in each round: the start does not count. */
export function slopes(rounds: readonly Round[], further: number, time: keyof CommandTimes): number[] {
  return rounds.map(({ few, many }) => (many[time] - few[time]) / further);
}

/** How much more it takes than plain Playwright in the same round. */
export function over(values: readonly number[], plain: readonly number[]): number[] {
  return values.map((value, round) => value - plain[round]!);
}

/** Milliseconds a test that cannot be told from nothing. */
const nothing = 0.1;

/** How many times more theirs costs than ours, in each round, of costs over plain Playwright. */
export function times(theirs: readonly number[], ours: readonly number[]): number[] {
  return theirs.map((value, round) => Math.max(value, nothing) / Math.max(ours[round]!, nothing));
}
