/** Makes a value once for each key. A failure goes to all who wait for it and is then forgotten. */
export class OnceEach<Value> {
  readonly #made = new Map<string, Promise<Value>>();

  /** The key's value; `make` is called when there is none yet, or the last attempt failed. */
  get(key: string, make: () => Promise<Value>): Promise<Value> {
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#made.set(key, made);
    made.catch(() => {
      if (this.#made.get(key) === made) this.#made.delete(key);
    });
    return made;
  }

  has(key: string): boolean {
    return this.#made.has(key);
  }

  /** The next {@link get} makes the key's value anew. */
  forget(key: string): void {
    this.#made.delete(key);
  }

  /** The next {@link get} makes each value anew. */
  clear(): void {
    this.#made.clear();
  }

  /** All values; waits for those that are being made, and leaves out the failed ones. */
  async values(): Promise<Value[]> {
    const results = await Promise.allSettled(this.#made.values());
    return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  }
}
