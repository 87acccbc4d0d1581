import { inspect } from 'node:util';

/**
 * Works for many at the same time, and for each of them at one thing at a time: nobody waits for who is slow. What
 * fails is logged, and keeps nobody else from anything; the next look tries it again.
 */
export class KeyedQueue {
  readonly #again: () => void;
  /** Who is being worked for, and whether there was more to do meanwhile. */
  readonly #busy = new Map<string, boolean>();

  /** @param again called when one is done for whom there was more to do meanwhile. */
  constructor(again: () => void) {
    this.#again = again;
  }

  /** Begins the work, unless what was begun before is not done. */
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
