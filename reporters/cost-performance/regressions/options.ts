export interface RegressionOptions {
  /** How many times slower, or faster, at least: less matters to nobody. */
  readonly smallestEffect: number;
  /** The chance that a run of unchanged code is told slower in anything at all; the same again for faster. */
  readonly alpha: number;
  /** Fewer runs of the history do not tell how much runs differ. */
  readonly minimumRuns: number;
  /** Of a run. */
  readonly minimumSamples: number;
}

export const defaultOptions: RegressionOptions = { smallestEffect: 1.25, alpha: 0.01, minimumRuns: 5, minimumSamples: 5 };
