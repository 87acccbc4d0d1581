/** Earlier runs, and what follows from them: what became slower, and how long each test is expected to take. */
export { baselineDuration, expectedCost, expectedDurations, type ExpectedRun } from './expectations.ts';
export { appendToHistory, type History, readHistory } from './file.ts';
export { type HistoryRun } from './history-run.ts';
export { identityOf } from './identity.ts';
export { neededProjects } from './needed-projects.ts';
export {
  findRegressions,
  type RegressionOptions,
  regressionOptionsSchema,
  regressionsSchema,
} from './regressions/index.ts';
