import { randomNormal } from 'd3-random';
import type { HistoryRun } from '../../../reporters/history/index.ts';
import { randomFrom } from './random.ts';

/** How noisy a platform is, as standard deviations of logarithms. */
export interface Noise {
  /** Between the samples of one test within a run. */
  readonly within: number;
  /** Of the machine between runs, which the calibration measures with the error `calibration`. */
  readonly machine: number;
  readonly calibration: number;
  /** Of the machine's other load between runs; the first measurement is not affected by it, the last one fully. */
  readonly contention: number;
  /** Of all measurements of a run together, unseen by the calibration. */
  readonly shared: number;
  /** Of each measurement of a run separately. */
  readonly own: number;
  /** Percentage of samples that take five times as long. */
  readonly outliers: number;
}

/** The measurements of an unchanged platform: the same in every run, apart from noise. */
export interface Platform {
  /** Samples in each run of each test, by the measurement's name. */
  readonly measurements: Readonly<Record<string, { readonly tests: number; readonly samples: number }>>;
  readonly noise: Noise;
}

/** Runs of a simulated platform, the same ones for the same seed. */
export class Simulation {
  readonly #random: () => number;
  readonly #standardNormal: () => number;
  readonly #platform: Platform;
  #runs = 0;

  constructor(platform: Platform, seed: number) {
    this.#platform = platform;
    this.#random = randomFrom(seed);
    this.#standardNormal = randomNormal.source(this.#random)();
  }

  /** @param slower factors by which measurements are slower than before, by name. */
  run(slower: Readonly<Record<string, number>> = {}): HistoryRun {
    const { measurements, noise } = this.#platform;
    const machine = this.#normal(noise.machine);
    const shared = this.#normal(noise.shared);
    const contention = noise.contention === 0 ? 0 : Math.abs(this.#normal(noise.contention));
    const tests: HistoryRun['tests'] = {};
    for (const [place, [name, { tests: count, samples }]] of Object.entries(measurements).entries()) {
      const own = this.#normal(noise.own);
      for (let index = 0; index < count; index++) {
        const usual =
          Math.log(20 * (index + 1)) +
          machine +
          shared +
          own +
          (contention * place) / Object.keys(measurements).length +
          Math.log(slower[name] ?? 1);
        const values = Array.from(
          { length: samples },
          () => Math.exp(usual + this.#normal(noise.within)) * (this.#random() * 100 < noise.outliers ? 5 : 1),
        );
        tests[`${name} ${index}`] = {
          area: 'area',
          duration: 1000,
          cost: 0,
          samples: { [name]: values.toSorted((a, b) => a - b) },
        };
      }
    }
    const startedAt = new Date(Date.UTC(2025, 0, 1) + 3_600_000 * this.#runs++).toISOString();
    return {
      version: 1,
      startedAt,
      duration: 60_000,
      calibration: 50 * Math.exp(machine + this.#normal(noise.calibration)),
      contention: 1.2 * Math.exp(contention),
      tests,
    };
  }

  runs(count: number): HistoryRun[] {
    return Array.from({ length: count }, () => this.run());
  }

  #normal(deviation: number): number {
    return deviation * this.#standardNormal();
  }
}
