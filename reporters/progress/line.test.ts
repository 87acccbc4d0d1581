import { expect, test } from '@playwright/test';
import { progressLine } from './line.ts';

const nothing = {
  elapsed: 30_000,
  workers: 2,
  over: [],
  running: [],
  waiting: [],
  expected: new Map<string, number>(),
};

for (const [title, progress, line] of [
  [
    'by the history',
    {
      over: [{ id: 'a', duration: 5_000 }],
      running: [{ id: 'b', place: 'b.spec.ts:3', since: 20_000 }],
      waiting: ['c', 'd'],
      expected: new Map([
        ['b', 25_000],
        ['c', 20_000],
        ['d', 15_000],
      ]),
    },
    '30 s: 1 of 4 tests (25 %); about 20 s to go; running b.spec.ts:3 for 20 s',
  ],
  [
    'without one, by what is over',
    {
      over: [
        { id: 'a', duration: 2_000 },
        { id: 'b', duration: 4_000 },
      ],
      waiting: ['c', 'd'],
    },
    '30 s: 2 of 4 tests (50 %); about 3.0 s to go',
  ],
  [
    'no sooner than the longest',
    {
      over: [{ id: 'a', duration: 5_000 }],
      waiting: ['c', 'd'],
      expected: new Map([
        ['c', 60_000],
        ['d', 1_000],
      ]),
    },
    '30 s: 1 of 3 tests (33.3 %); about 1 min to go',
  ],
  [
    'when nothing is known',
    { running: [{ id: 'a', place: 'a.spec.ts:1', since: 30_000 }], waiting: ['b'] },
    '30 s: 0 of 2 tests (0 %); running a.spec.ts:1 for 30 s',
  ],
  [
    'a test that takes longer than ever is as good as over',
    { running: [{ id: 'a', place: 'a.spec.ts:1', since: 30_000 }], expected: new Map([['a', 10_000]]) },
    '30 s: 0 of 1 test (0 %); running a.spec.ts:1 for 30 s',
  ],
  [
    'the longest of many',
    { running: ['a', 'b', 'c', 'd', 'e', 'f'].map((id, index) => ({ id, place: id, since: index * 1_000 })) },
    '30 s: 0 of 6 tests (0 %); running f for 5.0 s, e for 4.0 s, d for 3.0 s, c for 2.0 s and 2 more',
  ],
] as const) {
  test(`progress is reported ${title}`, () => {
    expect(progressLine({ ...nothing, ...progress })).toBe(line);
  });
}
