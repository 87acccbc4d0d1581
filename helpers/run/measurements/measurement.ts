/** Units that measurements are in. */
export type Unit = 'ms' | 's' | 'bytes' | 'count' | 'usd' | 'percent';

/** Whose a measurement is: `worker` for what tests share, so that there are as many as there were workers. */
export type Scope = 'worker';

/** One number that a test or a fixture recorded. */
export interface Measurement {
  /** Dotted nouns, for example `postgres.acquire`. */
  readonly name: string;
  readonly value: number;
  readonly unit: Unit;
  readonly attributes: Readonly<Record<string, string>>;
  /** Default: its test's own. */
  readonly scope?: Scope;
}

/** What is attached to a test. */
export interface MeasurementDocument {
  readonly version: 1;
  readonly measurements: readonly Measurement[];
}

/** Name of the attachment. The HTML report hides names that begin with an underscore. */
export const attachmentName = '_measurements';
