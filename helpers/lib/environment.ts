import { inspect } from 'node:util';

/**
 * The second kind of red: not "the platform is wrong" but "the environment is unavailable".
 *
 * The message is one sentence that says what is missing and how to mend it. There is no stack, because the place where
 * it was noticed helps no user, and Playwright would print its frames around the sentence. For the same reason there is
 * no `cause`; its message belongs into the sentence.
 */
export class EnvironmentUnavailable extends Error {
  static readonly #label = 'Environment unavailable';
  override readonly name = EnvironmentUnavailable.#label;

  constructor(sentence: string) {
    super(sentence);
    this.stack = `${this.name}: ${sentence}`;
  }

  /** Errors that a configuration throws are printed by Node, which would put one without frames in brackets. */
  [inspect.custom](): string {
    return `${this.name}: ${this.message}`;
  }

  /** Whether a message that Playwright printed, or a socket carried, is of this kind. */
  static isNamedIn(text: string): boolean {
    return text.includes(`${EnvironmentUnavailable.#label}: `);
  }
}

/** What every later test needs has gone in the middle of a run: the run ends, and says so once. */
export class EnvironmentLost extends EnvironmentUnavailable {}

/** The message of whatever was thrown. Node's connection errors to several addresses carry theirs inside. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
