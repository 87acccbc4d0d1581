export { analyticsTables } from './analytics.ts';
export type { Clock } from '../../lib/clock.ts';
export { fixedClock } from './clock.ts';
export { type DatasetOptions, generateDataset } from './generate.ts';
export { type DatasetPlan, isOwnDataset, type NamedDataset, planDataset } from './option.ts';
export { type DatasetName, datasetNames, type DatasetSize, datasetSizes } from './sizes.ts';
export type { Dataset, DatasetTable, Value } from './table.ts';
