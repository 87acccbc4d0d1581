/** Something that is made when it is first asked for. A failure is what all who ask get. */
export class Lazy<Value> {
  readonly #make: () => Promise<Value>;
  #made: Promise<Value> | undefined;

  constructor(make: () => Promise<Value>) {
    this.#make = make;
  }

  get(): Promise<Value> {
    return (this.#made ??= this.#make());
  }

  /** What was made; undefined when nothing was, or it failed. */
  async made(): Promise<Value | undefined> {
    return this.#made?.catch(() => undefined);
  }
}
