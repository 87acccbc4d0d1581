import { fileURLToPath } from 'node:url';
import { UsageError } from '../../lib/usage.ts';
import type { Clock } from '../../lib/clock.ts';
import { placeRows, type RowsSource } from './dataset-files.ts';
import { generateDataset } from './generate.ts';
import { type DatasetName, datasetNames } from './sizes.ts';
import type { Dataset } from './table.ts';

/** A dataset by name, `performance` with a scale factor, or `empty`. */
export type NamedDataset = DatasetName | 'empty' | { readonly name: DatasetName; readonly scaleFactor: number };

export interface DatasetPlan {
  readonly label: string;
  /** Equal for equal rows. */
  readonly content: string;
  /** @throws UsageError when the dataset cannot be scaled. */
  generate(clock: Clock): Dataset;
}

/**
 * Whether a dataset is made by code: `load` fills PostgreSQL, `insert` ClickHouse; one of them is enough.
 * @throws UsageError when it has neither, or has the name of a built-in dataset.
 */
export function isOwnDataset<Own extends { readonly name: string }>(dataset: NamedDataset | Own): dataset is Own {
  if (typeof dataset !== 'object' || 'scaleFactor' in dataset) return false;
  const { name, load, insert } = dataset as {
    readonly name: string;
    readonly load?: unknown;
    readonly insert?: unknown;
  };
  const ours = (datasetNames as readonly string[]).includes(name);
  if (load === undefined && insert === undefined)
    throw new UsageError(
      `Dataset '${name}' has neither load(client) nor insert(client)${ours ? `: for ours, write dataset: '${name}'` : ''}.`,
    );
  if (ours) throw new UsageError(`A dataset of your own needs another name than '${name}', which is one of ours.`);
  return true;
}

/**
 * A dataset of the user's own: made by code, or a path, which stands for itself. Undefined for a named one.
 * @throws UsageError when it has no rows for any store, or the name of a built-in dataset.
 */
export function ownDataset<Own extends { readonly name: string }>(
  dataset: NamedDataset | Own | (string & {}) | URL,
): Own | string | undefined {
  if (dataset instanceof URL) return fileURLToPath(dataset);
  if (typeof dataset === 'string')
    return dataset === 'empty' || (datasetNames as readonly string[]).includes(dataset) ? undefined : dataset;
  return isOwnDataset(dataset) ? dataset : undefined;
}

/**
 * The same dataset with absolute paths.
 * @param folder that of the file that says it.
 * @throws UsageError when nothing is there.
 */
export function placeDataset<Own extends { readonly name: string }>(
  dataset: NamedDataset | Own | (string & {}) | URL,
  folder: string,
): NamedDataset | Own | (string & {}) {
  if (dataset instanceof URL) return placeRows(dataset, folder) as string;
  const own = ownDataset<Own>(dataset);
  if (own === undefined) return dataset;
  if (typeof own === 'string') return placeRows(own, folder) as string;
  const placed = Object.entries(own).map(([key, value]) =>
    (key === 'load' || key === 'insert') && typeof value !== 'function'
      ? [key, value === undefined ? value : placeRows(value as RowsSource, folder)]
      : [key, value],
  );
  return Object.fromEntries(placed) as Own;
}

/** @throws UsageError when there is no such dataset. */
export function planDataset(wanted: NamedDataset): DatasetPlan {
  const { name, scaleFactor } = typeof wanted === 'object' ? wanted : { name: wanted, scaleFactor: 1 };
  if (name === 'empty') return { label: 'no rows', content: '', generate: () => ({ name, tables: [] }) };
  if (!datasetNames.includes(name))
    throw new UsageError(`Unknown dataset '${name}': known are ${datasetNames.join(', ')} and empty.`);
  return {
    label: scaleFactor === 1 ? name : `${name} × ${scaleFactor}`,
    content: `${name} ${scaleFactor}`,
    generate(clock) {
      try {
        return generateDataset(name, { scaleFactor, clock });
      } catch (error) {
        throw error instanceof RangeError ? new UsageError(error.message) : error;
      }
    },
  };
}
