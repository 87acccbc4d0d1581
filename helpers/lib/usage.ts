/** A place in a file; lines and columns count from 1, as in editors. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * A mistake in a spec, such as an unknown schema or failing SQL. The message is one sentence. The stack contains only
 * the place of the mistake, if it is in a file of the user's, so that Playwright shows those lines and no frames of the
 * helpers.
 */
export class UsageError extends Error {
  constructor(sentence: string, place?: Place) {
    super(sentence);
    this.stack = `${this.name}: ${sentence}${place === undefined ? '' : `\n    at ${place.file}:${place.line}:${place.column}`}`;
  }
}
