export interface GroupCommitOptions<Item, Result> {
  /** Writes a batch in one transaction; returns a result for each item, in order. */
  readonly write: (batch: readonly Item[]) => Promise<readonly Result[]>;
  /** The group of an item; groups do not wait for each other. */
  readonly groupOf: (item: Item) => string;
  /** Items of a group with a key in common are never in the same batch. */
  readonly keysOf: (item: Item) => readonly string[];
  /** Whether the error may be caused by a single item: then each item is written separately. */
  readonly isOfOne: (error: unknown) => boolean;
  /** The most items in a batch. */
  readonly largest?: number;
}

/** Collects the items that arrive during a write of their group, and writes them together next. */
export class GroupCommit<Item, Result> {
  readonly #options: GroupCommitOptions<Item, Result>;
  /** Groups with waiting items or a running write. */
  readonly #queues = new Map<string, PendingItem<Item, Result>[]>();

  constructor(options: GroupCommitOptions<Item, Result>) {
    this.#options = options;
  }

  /** Resolves when the item is committed. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      const group = this.#options.groupOf(item);
      const waiting = { item, resolve, reject };
      const queue = this.#queues.get(group);
      if (queue !== undefined) return void queue.push(waiting);
      void this.#writeAll(group, [waiting]);
    });
  }

  async #writeAll(group: string, queue: PendingItem<Item, Result>[]): Promise<void> {
    this.#queues.set(group, queue);
    await new Promise(setImmediate); // includes items that arrived with the first one
    while (queue.length > 0) await this.#writeBatch(this.#takeBatch(queue));
    this.#queues.delete(group);
  }

  async #writeBatch(batch: readonly PendingItem<Item, Result>[]): Promise<void> {
    try {
      await this.#writeTogether(batch);
    } catch (error) {
      if (this.#options.isOfOne(error)) await this.#writeOneByOne(batch);
      else refuse(batch, error);
    }
  }

  /** Repeats single items too, because what blocked one may be committed and visible by now. */
  async #writeOneByOne(batch: readonly PendingItem<Item, Result>[]): Promise<void> {
    for (const [place, waiting] of batch.entries()) {
      try {
        await this.#writeTogether([waiting]);
      } catch (error) {
        if (!this.#options.isOfOne(error)) return refuse(batch.slice(place), error);
        waiting.reject(error as Error);
      }
    }
  }

  async #writeTogether(batch: readonly PendingItem<Item, Result>[]): Promise<void> {
    const results = await this.#options.write(batch.map(({ item }) => item));
    for (const [index, { resolve }] of batch.entries()) resolve(results[index]!);
  }

  #takeBatch(queue: PendingItem<Item, Result>[]): PendingItem<Item, Result>[] {
    const { keysOf, largest = 200 } = this.#options;
    const taken = new Set<string>();
    const batch: PendingItem<Item, Result>[] = [];
    const rest: PendingItem<Item, Result>[] = [];
    for (const waiting of queue) {
      const keys = keysOf(waiting.item);
      if (batch.length < largest && keys.every((key) => !taken.has(key))) {
        for (const key of keys) taken.add(key);
        batch.push(waiting);
      } else rest.push(waiting);
    }
    queue.splice(0, queue.length, ...rest);
    return batch;
  }
}

interface PendingItem<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

function refuse(batch: readonly PendingItem<unknown, never>[], error: unknown): void {
  for (const { reject } of batch) reject(error as Error);
}
