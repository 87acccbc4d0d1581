export { analyticsTables } from './analytics.ts';
export type { Clock } from '../../lib/clock.ts';
export { fixedClock } from './clock.ts';
export { csvRecords } from './csv.ts';
export {
  type FileDataset,
  fileDataset,
  mistake,
  type RowsByTable,
  type RowsSource,
  type TableRows,
} from './dataset-files.ts';
export { generateDataset } from './generate.ts';
export { isOwnDataset, type NamedDataset, ownDataset, placeDataset, planDataset } from './option.ts';
export { type DatasetName, datasetNames, datasetSizes } from './sizes.ts';
export type { Dataset, DatasetTable, Value } from './table.ts';
