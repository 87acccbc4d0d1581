import { expect, test } from '@playwright/test';
import { parseDuration } from './duration.ts';
import { isScraped, ticksOf } from './ticks.ts';

test('a duration is a whole number of milliseconds, seconds, minutes or hours, from 100 ms to a day', () => {
  expect(['100ms', '1500ms', '2s', '30m', '2h', '24h', '1440m'].map(parseDuration)).toEqual([
    100, 1500, 2000, 1_800_000, 7_200_000, 86_400_000, 86_400_000,
  ]);
  const wrong = [
    '99ms',
    '0s',
    '25h',
    '86401s',
    '',
    '5',
    's',
    '1.5s',
    '-1s',
    '1d',
    ' 1s',
    '1s ',
    '1S',
    '00000001s',
    '1ss',
  ];
  expect(wrong.filter((text) => parseDuration(text) !== undefined)).toEqual([]);
});

test('an experiment is scraped at each whole interval of its duration, and once at least', () => {
  expect([ticksOf('1s', 50), ticksOf('1s', 300), ticksOf('100ms', 100), ticksOf('100ms', 250)]).toEqual([20, 3, 1, 1]);
});

test('two variants share the scrapes as requested: each scrape is one of them, and evenly spread', () => {
  for (const percentage of [0, 1, 25, 50, 90, 100]) {
    const [one, other] = [percentage, 100 - percentage].map((share) =>
      Array.from({ length: 100 }, (_, tick) => isScraped(tick, share)),
    ) as [boolean[], boolean[]];
    expect(one.filter(Boolean), `${percentage} %`).toHaveLength(percentage);
    expect(other.filter(Boolean), `the other of ${percentage} %`).toHaveLength(100 - percentage);
  }
  const quarter = Array.from({ length: 8 }, (_, tick) => tick).filter((tick) => isScraped(tick, 25));
  expect(quarter).toEqual([3, 7]);
});
