export { baselineDuration, expectedCost, expectedDurations } from './expectations.ts';
export { appendToHistory, type History, readHistory } from './file.ts';
export { toHistoryRun } from './run.ts';
export { type HistoryRun, historyRunSchema } from './schema.ts';
