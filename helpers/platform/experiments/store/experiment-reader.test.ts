import { expect, test } from '../../../testing/index.ts';
import { elapsed, momentAfter, ran, type StoredExperiment } from './experiment-reader.ts';

const start = Date.parse('2026-01-01T12:00:00Z');
const at = (seconds: number): Date => new Date(start + seconds * 1000);
/** Ran for three seconds, paused for ten, ran for two, paused for one, ran. */
const course = { started_at: at(0), paused_at: null, pauses: [at(3), at(13), at(15), at(16)] };

test('run time is known before, during, in a pause of and after an experiment', () => {
  const expected = [
    [-1, 0],
    [0, 0],
    [2, 2],
    [3, 3],
    [8, 3],
    [13, 3],
    [14, 4],
    [15.5, 5],
    [20, 9],
  ] as const;
  expect(expected.map(([seconds]) => [seconds, elapsed(course, at(seconds)) / 1000])).toEqual(expected);
  expect(elapsed({ ...course, paused_at: at(18) }, at(60)), 'in a pause that is not over').toBe(7_000);
  expect(elapsed({ ...course, paused_at: at(18) }, at(2)), 'long before that pause').toBe(2_000);
  expect(elapsed({ ...course, started_at: null }, at(60)), 'before it has begun').toBe(0);
});

test('the moment of a given run time is its inverse', () => {
  for (const milliseconds of [50, 2_999, 3_000, 3_001, 5_000, 5_001, 9_000])
    expect(elapsed(course, momentAfter(course, milliseconds))).toBe(milliseconds);
  expect(momentAfter(course, 3_000), 'just when the pause begins').toEqual(at(3));
  expect(momentAfter(course, 3_001).getTime(), 'after the pause').toBe(at(13).getTime() + 1);
});

test("a finished experiment's run time stops at its duration and its end", () => {
  const experiment = { ...course, config: { duration: '6s' }, completed_at: null } as unknown as StoredExperiment;
  expect(ran(experiment, at(14))).toBe(4_000);
  expect(ran(experiment, at(600))).toBe(6_000);
  expect(ran({ ...experiment, completed_at: at(14) }, at(600))).toBe(4_000);
});
