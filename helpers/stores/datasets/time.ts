import type { Faker } from '@faker-js/faker';

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/**
 * Strictly increasing instants, in milliseconds, spread over `[start, start + span)`. Each is a whole distance from the
 * start, so that moving the clock moves every instant by exactly as much.
 */
export function timeline(faker: Faker, count: number, start: number, span: number): number[] {
  const slot = span / count;
  const jitter = Math.floor(slot) - 1;
  const offset = (i: number) => Math.floor(i * slot) + faker.number.int({ min: 0, max: jitter });
  return Array.from({ length: count }, (_, i) => start + offset(i));
}
