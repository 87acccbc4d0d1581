/** Units that measurements are in. */
export type Unit = 'ms' | 's' | 'bytes' | 'count' | 'usd' | 'percent';

/** `worker` for a measurement that a worker's tests share, and that exists once for each worker. */
export type Scope = 'worker';

/** One number that a test or a fixture recorded. */
export interface Measurement {
  /** Dotted nouns, for example `postgres.acquire`. */
  readonly name: string;
  readonly value: number;
  readonly unit: Unit;
  readonly attributes: Readonly<Record<string, string>>;
  /** Default: the test's own. */
  readonly scope?: Scope;
}

/** The content of a test's attachment. */
export interface MeasurementDocument {
  readonly version: 1;
  readonly measurements: readonly Measurement[];
}

/** The attachment's name. The HTML report hides names that begin with an underscore. */
export const attachmentName = '_measurements';
