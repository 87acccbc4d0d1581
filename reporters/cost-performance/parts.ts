import { type CollectParts, readShardFiles, toAttempt } from './collect/index.ts';
import { billedSeconds, type BillingRule, costOf } from './cost/index.ts';
import { checkGates } from './gates/index.ts';
import { appendToHistory, expectedCost, findRegressions, readHistory } from '../history/index.ts';
import { type SummaryParts, summaryParts } from './summary/index.ts';

/**
 * What the reporter is composed of. Each part keeps a promise that some test checks; a fault
 * (`helpers/faults/reporter.ts`) replaces one of them by a part that breaks it.
 */
export interface ReporterParts extends CollectParts, SummaryParts {
  /** What the shards of a merged run have left. */
  readonly readCompanions: typeof readShardFiles;
  /** Of the time of tasks. */
  readonly billedSeconds: BillingRule;
  readonly costOf: typeof costOf;
  /** What a run of these tests is going to cost. */
  readonly expectedCost: typeof expectedCost;
  /** What became slower or faster. */
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
