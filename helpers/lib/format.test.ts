import { expect, test } from '@playwright/test';
import fc from 'fast-check';
import {
  counted,
  formatBytes,
  formatChange,
  formatCount,
  formatDuration,
  formatMoment,
  formatP,
  formatShare,
  formatUsd,
  formatValue,
  orInsufficient,
} from './format.ts';

test.describe('numbers for people', () => {
  const cases: readonly (readonly [
    name: string,
    format: (value: number) => string,
    shown: readonly (readonly [number, string])[],
  ])[] = [
    [
      'a duration',
      formatDuration,
      [
        [0, '0 ms'],
        [0.0004, '<1 µs'],
        [0.0031, '3.1 µs'],
        [0.41, '0.41 ms'],
        [4, '4.0 ms'],
        [9.96, '10 ms'],
        [61.4, '61 ms'],
        [999.4, '999 ms'],
        [999.6, '1.0 s'],
        [2900, '2.9 s'],
        [41_200, '41 s'],
        [59_600, '1 min'],
        [125_000, '2 min 5 s'],
        [3_599_600, '1 h'],
        [3_720_000, '1 h 2 min'],
      ],
    ],
    [
      'bytes',
      formatBytes,
      [
        [0, '0 B'],
        [512, '512 B'],
        [999.6, '1.0 kB'],
        [4200, '4.2 kB'],
        [1.6e10, '16 GB'],
        [5e15, '5,000 TB'],
      ],
    ],
    [
      'dollars',
      formatUsd,
      [
        [0, '$0'],
        [0.000_04, '<$0.0001'],
        [0.0031, '$0.0031'],
        [0.001, '$0.0010'],
        [0.03, '$0.03'],
        [0.0124, '$0.0124'],
        [0.4117, '$0.412'],
        [0.9996, '$1.00'],
        [1.24, '$1.24'],
        [1234.5, '$1,234.50'],
      ],
    ],
    [
      'a share',
      formatShare,
      [
        [0, '0 %'],
        [0.000_01, '0.1 %'],
        [0.979, '97.9 %'],
        [0.5, '50 %'],
        [0.999_99, '99.9 %'],
        [1, '100 %'],
      ],
    ],
    [
      'a change',
      formatChange,
      [
        [1.38, '+38 %'],
        [0.68, '−32 %'],
        [1.004, '±0 %'],
        [13, '+1,200 %'],
      ],
    ],
    [
      'a probability',
      formatP,
      [
        [0.003, 'p = 0.003'],
        [0.000_4, 'p < 0.001'],
        [1, 'p = 1.000'],
      ],
    ],
    [
      'a count',
      formatCount,
      [
        [0, '0'],
        [1234, '1,234'],
        [2.5, '2.5'],
        [1234.5, '1,235'],
      ],
    ],
  ];
  for (const [name, format, shown] of cases) {
    test(name, () => {
      expect(shown.map(([value]) => format(value))).toEqual(shown.map(([, text]) => text));
    });
  }

  test('a value is shown with its unit', () => {
    expect((['ms', 's', 'bytes', 'count', 'usd', 'percent'] as const).map((unit) => formatValue(2, unit))).toEqual([
      '2.0 ms',
      '2.0 s',
      '2 B',
      '2',
      '$2.00',
      '2 %',
    ]);
  });

  test('a noun agrees with its number', () => {
    expect([0, 1, 2].map((count) => counted(count, 'test'))).toEqual(['0 tests', '1 test', '2 tests']);
  });

  test('a moment is shown in UTC', () => {
    expect(formatMoment('2026-11-21T20:11:05.000Z')).toBe('21 Nov 2026, 20:11 UTC');
  });

  test('too few samples are reported as such', () => {
    expect([orInsufficient(null, formatDuration), orInsufficient(3, formatDuration)]).toEqual([
      'insufficient samples',
      '3.0 ms',
    ]);
  });

  test('a share is 0 % or 100 % only when exact', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
        expect(formatShare(share) === '100 %').toBe(share === 1);
        expect(formatShare(share) === '0 %').toBe(share === 0);
      }),
    );
  });

  test('an amount is short at any size', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (value) => {
        for (const format of [formatDuration, formatBytes, formatUsd])
          expect(format(value).length).toBeLessThanOrEqual(15);
      }),
    );
  });
});
