import { type CollectParts, readShardFiles, toAttempt } from './collect/index.ts';
import { billedSeconds, type BillingRule, costOf } from './cost/index.ts';
import { checkGates } from './gates/index.ts';
import { appendToHistory, expectedCost, findRegressions, readHistory } from '../history/index.ts';
import { type SummaryParts, summaryParts } from './summary/index.ts';

/** The parts of the reporter; each keeps a promise that a fault (`helpers/faults/reporter.ts`) breaks. */
export interface ReporterParts extends CollectParts, SummaryParts {
  /** Reads the files of a merged run's shards. */
  readonly readCompanions: typeof readShardFiles;
  /** The rule for tasks' time. */
  readonly billedSeconds: BillingRule;
  readonly costOf: typeof costOf;
  /** The expected cost of a run of these tests. */
  readonly expectedCost: typeof expectedCost;
  /** Finds what became slower or faster. */
  readonly findRegressions: typeof findRegressions;
  readonly checkGates: typeof checkGates;
  readonly readHistory: typeof readHistory;
  readonly appendToHistory: typeof appendToHistory;
}

export const reporterParts: ReporterParts = {
  toAttempt,
  readCompanions: readShardFiles,
  ...summaryParts,
  billedSeconds,
  costOf,
  expectedCost,
  findRegressions,
  checkGates,
  readHistory,
  appendToHistory,
};
