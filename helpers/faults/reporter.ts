// Frequent mistakes of reports on costs and times.
export * from './reporter/cost.ts';
export * from './reporter/judging.ts';
export * from './reporter/measuring.ts';
export * from './reporter/merging.ts';
export * from './reporter/telling.ts';
