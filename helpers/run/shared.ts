/** Milliseconds for which something that is not used any more is kept, since the next test may want it. */
const patience = 500;

/** When a shared value is closed after its last user, and who is told where that fails. */
export interface Closing {
  /** Calls `close` a moment later. Returns what calls that off. */
  later(close: () => void): () => void;
  /** Says why it could not be closed, which concerns none of its users. */
  failed(error: unknown): void;
}

const closing: Closing = {
  later(close) {
    const timer = setTimeout(close, patience);
    return () => clearTimeout(timer);
  },
  failed: (error) => process.emitWarning(error instanceof Error ? error : String(error)),
};

/** It ends with `await using`, or by `close()`; a second end does nothing. */
export type Closable = AsyncDisposable & { close(): Promise<void> };

/** Something lent, and how it is given back. */
export interface Loan<Lent extends object> {
  readonly lent: Lent;
  readonly end: () => Promise<void>;
}

/**
 * Something that a process opens for its first user and closes a moment after its last one, such as a database server
 * with all that depends on it. A process that is to end does so after that moment. Where it cannot be closed, a warning
 * says so, and the next user gets a new one.
 */
export class Shared<Value extends AsyncDisposable> {
  readonly #open: () => Promise<Value>;
  readonly #how: Closing;
  #value: Promise<Value> | undefined;
  #closing: Promise<void> = Promise.resolve();
  #users = 0;
  #keepOpen = (): void => undefined;

  constructor(open: () => Promise<Value>, how: Closing = closing) {
    this.#open = open;
    this.#how = how;
  }

  /** Lends something of the value, which is opened for it. A failure goes to all who wait; then it is tried again. */
  async lend<Lent extends object>(take: (value: Value) => Promise<Loan<Lent>>): Promise<Lent & Closable> {
    this.#keepOpen();
    this.#users++;
    try {
      const { lent, end } = await take(await this.#opened());
      let closed: Promise<void> | undefined;
      const close = (): Promise<void> => (closed ??= end().finally(() => this.#leave()));
      return Object.assign(lent, { close, [Symbol.asyncDispose]: close });
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  #opened(): Promise<Value> {
    const value = (this.#value ??= this.#closing.then(() => this.#open()));
    value.catch(() => {
      if (this.#value === value) this.#value = undefined;
    });
    return value;
  }

  #leave(): void {
    this.#users--;
    if (this.#users === 0) this.#keepOpen = this.#how.later(() => this.#close());
  }

  #close(): void {
    const value = this.#value;
    this.#value = undefined;
    this.#closing = Promise.resolve(value)
      .then((opened) => opened?.[Symbol.asyncDispose]())
      .catch((error: unknown) => this.#how.failed(error));
  }
}
