import { expect, test } from '@playwright/test';
import fc from 'fast-check';
import {
  biweight,
  describe,
  digamma,
  geometricMean,
  holm,
  moderateVariances,
  stratifiedRankSum,
  studentUpperQuantile,
  studentUpperTail,
  thin,
  trigamma,
  trigammaInverse,
  weightedMedian,
} from './index.ts';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1);
const values = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 12 });

test('a description has the percentiles its sample size allows', () => {
  expect(describe([3, 1, 2])).toEqual({ n: 3, sum: 6, median: 2, p95: null, p99: null, max: 3 });
  expect(describe(upTo(19))).toMatchObject({ p95: null });
  expect(describe(upTo(21))).toEqual({ n: 21, sum: 231, median: 11, p95: 20, p99: null, max: 21 });
  expect(describe(upTo(101))).toMatchObject({ p95: 96, p99: 100, max: 101 });
  expect(() => describe([])).toThrow('There are no values to describe.');
});

test('thinned values are evenly spread', () => {
  expect(thin([5, 3, 4], 20)).toEqual([3, 4, 5]);
  expect(thin(upTo(101), 5)).toEqual([1, 26, 51, 76, 101]);
});

test('the geometric mean weighs half and twice equally', () => {
  expect(geometricMean([0.5, 2, 3, 3, 3])).toBeCloseTo(27 ** (1 / 5), 12);
  expect(geometricMean([])).toBeUndefined();
});

test.describe('the biweight', () => {
  test('the biweight is the mean of close values and ignores outliers', () => {
    expect(biweight([9, 10, 11])).toBeCloseTo(10, 12);
    expect(biweight([9, 10, 11, 10.5, 9.5, 5000, 7000])).toBeCloseTo(10.05, 1);
    expect(biweight([4, 4, 4, 9])).toBe(4);
  });

  test('the biweight lies within the values and shifts with them', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: -50, max: 50 }), (each, shift) => {
        const centre = biweight(each);
        expect(centre).toBeGreaterThanOrEqual(Math.min(...each));
        expect(centre).toBeLessThanOrEqual(Math.max(...each));
        expect(biweight(each.map((value) => value + shift))).toBeCloseTo(centre + shift, 9);
      }),
    );
  });
});

test('the weighted median has half of the weight on either side', () => {
  expect(
    weightedMedian([
      { value: 9, weight: 1 },
      { value: 1, weight: 3 },
      { value: 5, weight: 1 },
    ]),
  ).toBe(1);
  expect(
    weightedMedian([
      { value: 1, weight: 2 },
      { value: 5, weight: 2 },
    ]),
  ).toBe(3);
});

test.describe('the rank-sum test', () => {
  test('the rank-sum test matches Hollander and Wolfe (1973, page 69)', () => {
    const sample = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const reference = [1.15, 0.88, 0.9, 0.74, 1.21];
    const { z, greater } = stratifiedRankSum([{ sample, reference }]);
    expect(z).toBeCloseTo(1.2247, 4);
    expect(greater).toBeCloseTo(0.1223, 4);
  });

  test("the rank-sum test corrects for ties as R's manual does (ozone in May and August: W = 127.5, p = 0.0001208)", () => {
    const may = [41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45, 115, 37];
    const august = [
      39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23, 31, 44, 21, 9, 45, 168, 73, 76, 118, 84, 85,
    ];
    expect(2 * stratifiedRankSum([{ sample: may, reference: august }]).less).toBeCloseTo(0.000_120_8, 7);
  });

  test('the rank-sum test has no result without samples to compare', () => {
    const nothing = { z: 0, greater: 1, less: 1 };
    expect(stratifiedRankSum([])).toEqual(nothing);
    expect(
      stratifiedRankSum([
        { sample: [1, 2], reference: [] },
        { sample: [], reference: [3] },
      ]),
    ).toEqual(nothing);
    expect(stratifiedRankSum([{ sample: [4, 4], reference: [4, 4, 4] }])).toEqual(nothing);
  });

  test('the rank-sum statistic has mean 0 and variance 1 over all permutations, with ties too', () => {
    const strata = [
      [1, 2, 2, 5, 7],
      [3, 3, 3, 4],
    ];
    const draws = pairs(strata[0]!).flatMap((first) =>
      pairs(strata[1]!).map((second) => stratifiedRankSum([first, second]).z),
    );
    expect(draws).toHaveLength(60);
    expect(draws.reduce((total, z) => total + z) / 60).toBeCloseTo(0, 10);
    expect(draws.reduce((total, z) => total + z * z, 0) / 60).toBeCloseTo(1, 10);
  });

  test('the rank-sum test compares within strata only and is antisymmetric', () => {
    const stratum = fc.record({ sample: values, reference: values });
    fc.assert(
      fc.property(
        fc.array(stratum, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: -100, max: 100 }),
        (strata, shift) => {
          const { z, greater } = stratifiedRankSum(strata);
          const moved = strata.map(({ sample, reference }, index) => ({
            sample: sample.map((value) => value + shift * index),
            reference: reference.map((value) => value + shift * index),
          }));
          expect(stratifiedRankSum(moved).z).toBeCloseTo(z, 9);
          expect(
            stratifiedRankSum(strata.map(({ sample, reference }) => ({ sample: reference, reference: sample }))).less,
          ).toBeCloseTo(greater, 9);
        },
      ),
    );
  });
});

/** Every choice of two values as the sample, the others as the reference. */
function pairs(all: readonly number[]): { readonly sample: number[]; readonly reference: number[] }[] {
  return all.flatMap((first, a) =>
    all.slice(a + 1).map((second, b) => ({
      sample: [first, second],
      reference: all.filter((_, index) => index !== a && index !== a + 1 + b),
    })),
  );
}

test("Student's t probabilities and quantiles match the tables", () => {
  const table = [
    [0.05, 1, 6.314],
    [0.025, 10, 2.228],
    [0.01, 9, 2.821],
    [0.005, 9, 3.25],
    [0.001, 5, 5.893],
    [0.005, 120, 2.617],
    [0.025, Infinity, 1.96],
  ] as const;
  for (const [p, freedom, t] of table) {
    expect(studentUpperQuantile(p, freedom)).toBeCloseTo(t, 3);
    expect(studentUpperTail(studentUpperQuantile(p, freedom), freedom)).toBeCloseTo(p, 9);
  }
  expect(studentUpperTail(0, 7)).toBeCloseTo(0.5, 12);
  expect(studentUpperTail(-2.228, 10)).toBeCloseTo(0.975, 4);
  expect(studentUpperTail(Infinity, 4)).toBe(0);
  expect(studentUpperTail(5, 1e6) / studentUpperTail(5, Infinity)).toBeCloseTo(1, 3);
});

test('digamma and trigamma match known values', () => {
  expect(digamma(1)).toBeCloseTo(-0.577_215_664_901_5, 11);
  expect(trigamma(1)).toBeCloseTo(Math.PI ** 2 / 6, 11);
  for (const x of [0.01, 0.5, 3, 40, 5000]) expect(trigammaInverse(trigamma(x)) / x).toBeCloseTo(1, 8);
});

test.describe("Holm's correction", () => {
  test("Holm's correction matches the worked example, in input order", () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holm([])).toEqual([]);
  });

  test("Holm's correction is monotone, between the raw p-value and Bonferroni's", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }), (chances) => {
        const corrected = holm(chances);
        const byChance = [...chances.keys()]
          .toSorted((a, b) => chances[a]! - chances[b]!)
          .map((index) => corrected[index]!);
        expect(byChance).toEqual(byChance.toSorted((a, b) => a - b));
        expect(
          chances.every(
            (chance, index) => chance <= corrected[index]! && corrected[index]! <= Math.min(1, chance * chances.length),
          ),
        ).toBe(true);
      }),
    );
  });
});

test.describe('variances', () => {
  test('similar variances are pooled, with all degrees of freedom', () => {
    const moderated = moderateVariances([0.9, 1, 1.1, 1, 0.95].map((value) => ({ value, freedom: 9 })));
    for (const { value, freedom } of moderated) expect([Math.abs(value - 1) < 0.2, freedom]).toEqual([true, 45]);
  });

  test('different variances are shrunk a little towards their middle', () => {
    const all = [0.01, 0.1, 1, 10, 100].map((value) => ({ value, freedom: 9 }));
    const moderated = moderateVariances(all);
    expect(moderated[0]!.value).toBeGreaterThan(0.01);
    expect(moderated[4]!.value).toBeLessThan(100);
    expect(moderated[4]!.value).toBeGreaterThan(80);
    expect(moderated[4]!.freedom).toBeLessThan(10);
  });

  test('too few or zero variances stay unchanged', () => {
    const few = [
      { value: 1, freedom: 4 },
      { value: 2, freedom: 4 },
    ];
    expect(moderateVariances(few)).toEqual(few);
    const none = Array.from({ length: 6 }, () => ({ value: 0, freedom: 4 }));
    expect(moderateVariances(none)).toEqual(none);
  });
});
