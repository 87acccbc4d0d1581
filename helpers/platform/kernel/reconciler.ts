import { setTimeout as delay } from 'node:timers/promises';

/**
 * Milliseconds between two looks while it is woken all the time, so that a thousand calls a second are not a thousand
 * looks.
 */
const pause = 100;

/** Calls `look` when it is woken, and from time to time; never twice at the same time. */
export class Reconciler {
  readonly #reconcile: () => Promise<void>;
  readonly #interval: number;
  #timer: NodeJS.Timeout | undefined;
  #isReconciling = false;
  #isWoken = false;

  constructor(look: () => Promise<void>, interval: number) {
    this.#reconcile = look;
    this.#interval = interval;
    this.wake();
  }

  /** Looks at once; when it is looking already, once more after that. */
  wake(): void {
    this.#isWoken = true;
    if (!this.#isReconciling) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isReconciling = true;
    clearTimeout(this.#timer);
    while (this.#isWoken) {
      this.#isWoken = false;
      // What fails (a store is away) is tried again at the next look.
      await this.#reconcile().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
      if (this.#isWoken) await delay(pause);
    }
    this.#isReconciling = false;
    this.#timer = setTimeout(() => this.wake(), this.#interval);
  }
}
