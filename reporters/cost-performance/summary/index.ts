export type { Presentation } from './presentation.ts';
export { type Summary, summarySchema } from './summary-schema.ts';
export { summarize, type SummaryParts, summaryParts } from './summarize.ts';
