import {
  type CollectParts,
  dataFolder,
  mergeRunners,
  missingShards,
  readShardFiles,
  standing,
  toAttempt,
} from './collect/index.ts';
import { billedSeconds, type BillingRule, costOf } from './cost/index.ts';
import { checkGates } from './gates/index.ts';
import { appendToHistory, expectedCost, findRegressions, readHistory } from '../history/index.ts';
import { isComplete } from './complete.ts';
import { type Places, places } from './places.ts';
import { type SummaryParts, summaryParts } from './summary/index.ts';
import { renderPage } from './writers/index.ts';

/** The parts of the reporter; each keeps a promise that a fault (`helpers/faults/reporter/`) breaks. */
export interface ReporterParts extends CollectParts, SummaryParts {
  /** The folder on the disk that is watched. */
  readonly dataFolder: typeof dataFolder;
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
  /** Whether a run may enter the history. */
  readonly isComplete: typeof isComplete;
  readonly places: Places;
  readonly renderPage: typeof renderPage;
  readonly readHistory: typeof readHistory;
  readonly appendToHistory: typeof appendToHistory;
}

export const reporterParts: ReporterParts = {
  toAttempt,
  dataFolder,
  chooseReports: standing,
  mergeRunners,
  missingShards,
  readCompanions: readShardFiles,
  ...summaryParts,
  billedSeconds,
  costOf,
  expectedCost,
  findRegressions,
  checkGates,
  isComplete,
  places,
  renderPage,
  readHistory,
  appendToHistory,
};
