import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds between two passes, so that a thousand wake-ups a second do not cause a thousand passes. */
const pause = 100;

/** Runs a pass when it is woken, and periodically; never twice at the same time. */
export class Reconciler {
  readonly #reconcile: () => Promise<'rest' | void>;
  readonly #interval: number;
  readonly #rest: number;
  #timer: NodeJS.Timeout | undefined;
  #isReconciling = false;
  #isWoken = false;

  /**
   * @param look a pass; resolves to `rest` when nothing is under way that does not announce itself.
   * @param interval milliseconds until the next pass.
   * @param rest milliseconds until the pass after one that has found nothing.
   */
  constructor(look: () => Promise<'rest' | void>, interval: number, rest = interval) {
    this.#reconcile = look;
    this.#interval = interval;
    this.#rest = rest;
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
    let found: 'rest' | void = undefined;
    while (this.#isWoken) {
      this.#isWoken = false;
      // A failure (such as an unreachable store) is retried in the next pass.
      found = await this.#reconcile().catch((error: unknown) => void process.stderr.write(`${String(error)}\n`));
      if (this.#isWoken) await delay(pause);
    }
    this.#isReconciling = false;
    this.#timer = setTimeout(() => this.wake(), found === 'rest' ? this.#rest : this.#interval);
  }
}
