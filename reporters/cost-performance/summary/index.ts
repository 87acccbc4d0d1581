export { type Summary, summarySchema } from './summary-schema.ts';
export { type Findings, summarize, type SummaryParts, summaryParts } from './summarize.ts';
