import { inspect } from 'node:util';

/** Runs jobs of many keys in parallel, of one key in turn. A failure is logged; the next pass retries it. */
export class KeyedQueue {
  readonly #again: () => void;
  /** The keys with a running job, and whether they were requested again meanwhile. */
  readonly #busy = new Map<string, boolean>();

  /** @param again called when a job has ended whose key was requested again meanwhile. */
  constructor(again: () => void) {
    this.#again = again;
  }

  /** Starts a job, unless the previous one of this key is still running. */
  run(key: string, work: () => Promise<void>): void {
    const isBusy = this.#busy.has(key);
    this.#busy.set(key, isBusy);
    if (!isBusy) void this.#work(key, work);
  }

  async #work(key: string, work: () => Promise<void>): Promise<void> {
    await work().catch(logFailure);
    const isWanted = this.#busy.get(key);
    this.#busy.delete(key);
    if (isWanted === true) this.#again();
  }
}

export function logFailure(error: unknown): void {
  process.stderr.write(`${inspect(error)}\n`);
}
