export { baselineDuration, expectedCost, expectedDurations } from './expectations.ts';
export { appendToHistory, type History, readHistory } from './file.ts';
export { toHistoryRun } from './to-history-run.ts';
export { type HistoryRun, historyRunSchema } from './history-run.ts';
