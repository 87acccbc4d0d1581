import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds between two passes, so that a thousand wake-ups a second do not cause a thousand passes. */
const pause = 100;

/** Runs `reconcile` when it is woken, and periodically; never twice at the same time. */
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

  /** Starts a pass at once, or another one after the current pass. */
  wake(): void {
    this.#isWoken = true;
    if (!this.#isReconciling) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isReconciling = true;
    clearTimeout(this.#timer);
    while (this.#isWoken) {
      this.#isWoken = false;
      // A failure (such as an unreachable store) is retried in the next pass.
      await this.#reconcile().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
      if (this.#isWoken) await delay(pause);
    }
    this.#isReconciling = false;
    this.#timer = setTimeout(() => this.wake(), this.#interval);
  }
}
