/**
 * Earlier runs, and what follows from them: `findRegressions` finds what became slower, `expectedDurations` predicts
 * how long each test takes.
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
