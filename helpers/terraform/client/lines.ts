import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Characters after which a line is cut, so that a flood without line breaks takes no memory. */
const longest = 16_384;

/** Reads a stream to its end, line by line, as fast as it comes. */
export function eachLine(stream: Readable, take: (line: string) => void): void {
  const split = lineSplitter(take);
  stream.on('data', split.write);
  stream.once('end', split.end);
  stream.on('error', () => undefined); // it ends with its process
}

/** Cuts chunks of UTF-8 into lines. `end` gives the last one, which no line break follows. */
export function lineSplitter(take: (line: string) => void): { write(chunk: Uint8Array): void; end(): void } {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return {
    write(chunk) {
      const lines = (rest + decoder.write(Buffer.from(chunk))).split('\n');
      rest = lines.pop()!;
      for (const line of lines) take(line.replace(/\r$/, ''));
      if (rest.length < longest) return;
      take(rest);
      rest = '';
    },
    end() {
      if (rest !== '') take(rest);
      rest = '';
    },
  };
}
