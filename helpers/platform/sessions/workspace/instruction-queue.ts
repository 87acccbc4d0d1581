/** The result of a turn, with whether it was interrupted early. */
interface Interruptible {
  readonly interrupted: boolean;
}

/** Runs one turn after the other: a new turn interrupts those before it, and begins when they have ended. */
export class InstructionQueue {
  readonly #underWay = new Map<AbortController, Promise<Interruptible>>();
  #last: Promise<unknown> = Promise.resolve();

  get busy(): boolean {
    return this.#underWay.size > 0;
  }

  async take<Result extends Interruptible>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    this.#abort();
    const controller = new AbortController();
    const turn = this.#last.then(() => work(controller.signal));
    this.#last = turn.catch(() => undefined); // reported to its caller
    this.#underWay.set(controller, turn);
    try {
      return await turn;
    } finally {
      this.#underWay.delete(controller);
    }
  }

  /** Interrupts all turns, and waits for their ends. Returns whether any was left unfinished. */
  async interrupt(): Promise<boolean> {
    const turns = [...this.#underWay.values()];
    this.#abort();
    const ends = await Promise.allSettled(turns);
    return ends.some((end) => end.status === 'fulfilled' && end.value.interrupted);
  }

  #abort(): void {
    for (const controller of this.#underWay.keys()) controller.abort();
  }
}
