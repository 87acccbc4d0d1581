import type { Journal } from './journal.ts';
import type { Measurement, MeasurementDocument, Scope, Unit } from './measurement.ts';

/** Collects measurements until somebody takes them; what is in its journal outlives the process. */
export class Recorder {
  readonly #meters = new Set<() => void>();
  readonly #journal: Journal | undefined;
  #measurements: Measurement[] = [];
  /** How many were taken so far. */
  #taken = 0;
  #attempt: string | undefined;

  constructor(journal?: Journal) {
    this.#journal = journal;
  }

  /**
   * What is recorded between tests is of the scope `worker`, whatever was said: no test has caused it.
   * @throws TypeError when the value is not a finite number, which no summary could use.
   */
  record(
    name: string,
    value: number,
    unit: Unit,
    attributes: Readonly<Record<string, string>> = {},
    scope?: Scope,
  ): void {
    if (!Number.isFinite(value)) throw new TypeError(`Measurement ${name} is ${value}, not a number.`);
    const measurement = {
      name,
      value,
      unit,
      attributes,
      ...(scope === undefined && this.#attempt !== undefined ? {} : { scope: 'worker' as const }),
    };
    this.#measurements.push(measurement);
    this.#journal?.note(measurement, this.#attempt);
  }

  /** Adds something that records what has come together since the last time, whenever somebody takes. */
  addMeter(read: () => void): void {
    this.#meters.add(read);
  }

  /** From now on, what is recorded belongs to this attempt at a test. */
  begin(attempt: string): void {
    this.#attempt = attempt;
  }

  /** All since the last call; undefined when there are none. */
  take(): MeasurementDocument | undefined {
    this.#readMeters();
    const measurements = this.#measurements;
    this.#measurements = [];
    this.#taken += measurements.length;
    return measurements.length === 0 ? undefined : { version: 1, measurements };
  }

  /** The attempt is over, and what was taken so far is attached to tests. */
  settle(): void {
    this.#attempt = undefined;
    this.#journal?.settle(this.#taken);
  }

  /** Nobody will take what is left: it stays in the journal. */
  close(): void {
    this.#readMeters();
    this.#journal?.close();
  }

  #readMeters(): void {
    for (const read of this.#meters) read();
  }
}
