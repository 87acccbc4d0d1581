/**
 * Gathers what comes while a write is under way, and writes it together next: the more come at once, the cheaper each
 * one is. What excludes each other (`keysOf` have a key in common) never goes into one batch.
 */
export class GroupCommit<Item, Result> {
  readonly #write: (batch: readonly Item[]) => Promise<readonly Result[]>;
  readonly #keysOf: (item: Item) => readonly string[];
  readonly #largest: number;
  #waiting: Waiting<Item, Result>[] = [];
  #isWriting = false;

  constructor(write: (batch: readonly Item[]) => Promise<readonly Result[]>, keysOf: (item: Item) => readonly string[], largest = 200) {
    this.#write = write;
    this.#keysOf = keysOf;
    this.#largest = largest;
  }

  /** Resolves when the item is committed. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#isWriting) void this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    try {
      await new Promise(setImmediate); // whatever has arrived with the first one comes along
      while (this.#waiting.length > 0) await this.#writeBatch(this.#nextBatch());
    } finally {
      this.#isWriting = false;
    }
  }

  async #writeBatch(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#write(batch.map(({ item }) => item));
      for (const [index, { resolve }] of batch.entries()) resolve(results[index]!);
    } catch (error) {
      for (const { reject } of batch) reject(error as Error);
    }
  }

  #nextBatch(): Waiting<Item, Result>[] {
    const taken = new Set<string>();
    const batch: Waiting<Item, Result>[] = [];
    const rest: Waiting<Item, Result>[] = [];
    for (const waiting of this.#waiting) {
      const keys = this.#keysOf(waiting.item);
      if (batch.length < this.#largest && keys.every((key) => !taken.has(key))) {
        for (const key of keys) taken.add(key);
        batch.push(waiting);
      } else rest.push(waiting);
    }
    this.#waiting = rest;
    return batch;
  }
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}
