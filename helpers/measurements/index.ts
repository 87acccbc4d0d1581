import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/** Units that measurements are in. */
export type Unit = 'ms' | 's' | 'bytes' | 'count' | 'usd' | 'percent';

/** One number that a test or a fixture recorded. */
export interface Measurement {
  /** Dotted nouns, for example `postgres.acquire`. */
  readonly name: string;
  readonly value: number;
  readonly unit: Unit;
  readonly attributes: Readonly<Record<string, string>>;
  /** Whose it is: `worker` for what tests share, so that there are as many as there were workers. Default `test`. */
  readonly scope?: 'worker';
}

/** What is attached to a test, and written to the ledger line by line. */
export interface MeasurementDocument {
  readonly version: 1;
  readonly measurements: readonly Measurement[];
}

/** Name of the attachment. The HTML report hides names that begin with an underscore. */
export const attachmentName = '_measurements';

/** Collects measurements until somebody takes them. */
export class Recorder {
  readonly #meters = new Set<() => void>();
  #measurements: Measurement[] = [];

  /** @throws TypeError when the value is not a finite number, which no summary could use. */
  record(name: string, value: number, unit: Unit, attributes: Readonly<Record<string, string>> = {}): void {
    if (!Number.isFinite(value)) throw new TypeError(`Measurement ${name} is ${value}, not a number.`);
    this.#measurements.push({ name, value, unit, attributes });
  }

  /** Adds something that records what has come together since the last time, whenever somebody takes. */
  addMeter(read: () => void): void {
    this.#meters.add(read);
  }

  /** All since the last call; undefined when there are none. */
  take(): MeasurementDocument | undefined {
    for (const read of this.#meters) read();
    const measurements = this.#measurements;
    this.#measurements = [];
    return measurements.length === 0 ? undefined : { version: 1, measurements };
  }
}

/** Appends to the ledger: for what is measured where no test can carry it, in the teardown of a worker. */
export function appendToLedger(outputFolder: string, worker: number, document: MeasurementDocument): void {
  const folder = path.join(outputFolder, '.measurements');
  mkdirSync(folder, { recursive: true });
  appendFileSync(path.join(folder, `worker-${worker}.jsonl`), `${JSON.stringify(document)}\n`);
}
