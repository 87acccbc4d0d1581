export { type Summary, summarySchema } from './schema.ts';
export { type Findings, summarize, type SummaryParts, summaryParts } from './summarize.ts';
