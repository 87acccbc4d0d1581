import { stripVTControlCharacters } from 'node:util';

const linesKept = 200;

/** The last lines of a process's output. */
export class Log {
  readonly #lines: string[] = [];
  /** Text after the last line break. */
  readonly #rest = new Map<NodeJS.ReadableStream, string>();

  constructor(streams: readonly NodeJS.ReadableStream[]) {
    for (const stream of streams) stream.setEncoding('utf8').on('data', (text: string) => this.#note(stream, text));
  }

  get text(): string {
    return [...this.#lines, ...this.#rest.values()]
      .filter((line) => line !== '')
      .map((line) => stripVTControlCharacters(line))
      .join('\n');
  }

  #note(stream: NodeJS.ReadableStream, text: string): void {
    const lines = ((this.#rest.get(stream) ?? '') + text).split('\n');
    this.#rest.set(stream, lines.pop()!);
    this.#lines.push(...lines);
    this.#lines.splice(0, this.#lines.length - linesKept);
  }
}
