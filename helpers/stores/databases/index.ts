import type { InsertFunction } from '../clickhouse/index.ts';
import type { NamedDataset } from '../datasets/index.ts';
import type { DatasetFunction } from '../postgres/index.ts';

export { Databases } from './databases.ts';
export { type DatabasesParts, databasesParts } from './consistency.ts';

/** The data of both stores: a name, a path, or code and rows for one of them at least. */
export type DatasetOfBoth =
  | NamedDataset
  | (string & {})
  | URL
  | (DatasetFunction &
      InsertFunction &
      (Required<Pick<DatasetFunction, 'load'>> | Required<Pick<InsertFunction, 'insert'>>));
