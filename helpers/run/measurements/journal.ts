import { chmodSync, closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../../lib/environment.ts';
import type { Measurement } from './measurement.ts';

/** A line of a journal: a measurement, or how many of the measurements so far are attached to tests. */
export type JournalLine = JournalEntry | { readonly settled: number };

export interface JournalEntry {
  /** Name of the worker's project. */
  readonly area: string;
  /** See {@link attemptKey}; undefined for measurements between tests and after the last. */
  readonly attempt?: string | undefined;
  readonly measurement: Measurement;
}

/** Identifies one attempt at a test. */
export function attemptKey({ id, retry }: { readonly id: string; readonly retry: number }): string {
  return `${id} ${retry}`;
}

/** The folder of a run's journals. Playwright empties the output folder when a run starts, so all are of this run. */
export function journalFolder(outputFolder: string): string {
  return path.join(outputFolder, '.measurements');
}

/** A worker's measurements, written at once: a killed worker attaches none. Costs some microseconds a line. */
export class Journal {
  readonly #folder: string;
  readonly #worker: number;
  readonly #area: string;
  #file: number | undefined;
  #isBroken = false;

  constructor(outputFolder: string, worker: number, area: string) {
    this.#folder = journalFolder(outputFolder);
    this.#worker = worker;
    this.#area = area;
  }

  note(measurement: Measurement, attempt: string | undefined): void {
    this.#append({ area: this.#area, attempt, measurement });
  }

  /** Records that the first `count` measurements are attached to tests. */
  settle(count: number): void {
    if (this.#file !== undefined) this.#append({ settled: count });
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  /** A journal that cannot be written must not fail a test. */
  #append(line: JournalLine): void {
    if (this.#isBroken) return;
    try {
      this.#file ??= this.#open();
      writeSync(this.#file, `${JSON.stringify(line)}\n`);
    } catch (error) {
      this.#isBroken = true;
      process.stderr.write(
        `What this worker measures cannot be written to ${this.#folder} (${messageOf(error)}): what is not attached to a test will be missing in the report.\n`,
      );
    }
  }

  #open(): number {
    mkdirSync(this.#folder, { recursive: true });
    chmodSync(this.#folder, 0o700);
    return openSync(path.join(this.#folder, `worker-${this.#worker}.jsonl`), 'a', 0o600);
  }
}
