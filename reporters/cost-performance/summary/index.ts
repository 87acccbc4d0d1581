export { type Summary, summarySchema } from './schema.ts';
export { type Findings, summarize } from './summarize.ts';
