import { inspect } from 'node:util';

/**
 * The second kind of red: not "the platform is wrong" but "the environment is unavailable".
 *
 * The message is one sentence that says what is missing and how to mend it. There is no stack: where our code noticed
 * it does not help anybody, and Playwright would print the frames around the sentence. There is no cause either, which
 * Playwright would print after it, with its stack; what it says belongs into the sentence.
 */
export class EnvironmentUnavailable extends Error {
  static readonly #label = 'Environment unavailable';
  override readonly name = EnvironmentUnavailable.#label;

  constructor(sentence: string) {
    super(sentence);
    this.stack = `${this.name}: ${sentence}`;
  }

  /** Node would put brackets around an error that has no frames, as it prints those that a configuration throws. */
  [inspect.custom](): string {
    return `${this.name}: ${this.message}`;
  }

  /** Whether a message printed by Playwright, or carried over a socket, is of this kind. */
  static isNamedIn(text: string): boolean {
    return text.includes(`${EnvironmentUnavailable.#label}: `);
  }
}

/** An error's message, whatever was thrown. Node's connection errors to several addresses carry theirs inside. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
