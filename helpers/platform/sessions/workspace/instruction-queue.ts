/** What takes a turn tells whether it was interrupted before it was done. */
interface Interruptible {
  readonly interrupted: boolean;
}

/** One after the other: a turn interrupts those before it and begins when they have ended. */
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
    this.#last = turn.catch(() => undefined); // whoever took it hears of it
    this.#underWay.set(controller, turn);
    try {
      return await turn;
    } finally {
      this.#underWay.delete(controller);
    }
  }

  /** Returns when nothing is under way any more, and whether something was left undone. */
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
