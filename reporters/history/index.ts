/**
 * Earlier runs, and what they say of this one: `findRegressions` tells what became slower, `expectedDurations` how long
 * each test is expected to take.
 */
export { baselineDuration, expectedCost, expectedDurations } from './expectations.ts';
export { appendToHistory, type History, readHistory } from './file.ts';
export { type HistoryRun, historyRunSchema } from './history-run.ts';
export {
  findRegressions,
  type RegressionOptions,
  regressionOptionsSchema,
  type Regressions,
  regressionsSchema,
} from './regressions/index.ts';
