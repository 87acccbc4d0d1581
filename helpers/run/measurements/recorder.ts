import type { Journal } from './journal.ts';
import type { Measurement, MeasurementDocument, Scope, Unit } from './measurement.ts';

/** Collects measurements until they are taken; its journal survives the process. */
export class Recorder {
  readonly #meters = new Set<() => void>();
  readonly #journal: Journal | undefined;
  #measurements: Measurement[] = [];
  /** How many have been taken so far. */
  #taken = 0;
  #attempt: string | undefined;

  constructor(journal?: Journal) {
    this.#journal = journal;
  }

  /**
   * Records a measurement; bound, so that it can be passed on. Between tests its scope is always `worker`, because no
   * test has caused it.
   * @throws TypeError when the value is not a finite number.
   */
  readonly record = (
    name: string,
    value: number,
    unit: Unit,
    attributes: Readonly<Record<string, string>> = {},
    scope?: Scope,
  ): void => {
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
  };

  /** Records a number of milliseconds. Bound, as `record` is, so that it can be passed on. */
  readonly recordDuration = (
    name: string,
    milliseconds: number,
    attributes?: Readonly<Record<string, string>>,
    scope?: Scope,
  ): void => this.record(name, milliseconds, 'ms', attributes, scope);

  /** Adds a meter, which is called at each taking and records what it has counted since the last one. */
  addMeter(read: () => void): void {
    this.#meters.add(read);
  }

  /** From now on, measurements belong to this attempt at a test. */
  begin(attempt: string): void {
    this.#attempt = attempt;
  }

  /** Takes all measurements since the last call; undefined when there are none. */
  take(): MeasurementDocument | undefined {
    this.#readMeters();
    const measurements = this.#measurements;
    this.#measurements = [];
    this.#taken += measurements.length;
    return measurements.length === 0 ? undefined : { version: 1, measurements };
  }

  /** Ends the attempt, after its measurements were attached. */
  settle(): void {
    this.#attempt = undefined;
    this.#journal?.settle(this.#taken);
  }

  /** Leaves the remaining measurements in the journal. */
  close(): void {
    this.#readMeters();
    this.#journal?.close();
  }

  #readMeters(): void {
    for (const read of this.#meters) read();
  }
}
