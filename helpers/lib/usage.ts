/** A place in a file, as editors count: lines and columns from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * What a spec asked for cannot be given: there is no such schema, its SQL fails. The message is one sentence. The
 * stack names the place of the mistake where that is a file of the user's, so that Playwright shows these lines, and
 * otherwise nothing: our own frames and lines would only stand around the sentence.
 */
export class UsageError extends Error {
  constructor(sentence: string, place?: Place) {
    super(sentence);
    this.stack = `${this.name}: ${sentence}${place === undefined ? '' : `\n    at ${place.file}:${place.line}:${place.column}`}`;
  }
}
