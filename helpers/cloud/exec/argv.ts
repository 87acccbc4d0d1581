/**
 * Splits a command as the service's agent does: by the quoting rules of a POSIX shell, but without one, so nothing is
 * expanded, and `$()`, `;` and `|` are ordinary characters. See "2.2 Quoting" of the Shell Command Language. Undefined
 * when a quote is not closed.
 */
export function splitCommand(command: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let rest = command;
  while (rest !== '') {
    const [taken, kind, text] = nextPiece(rest);
    if (taken === 0) return undefined;
    rest = rest.slice(taken);
    if (kind === 'text') word = (word ?? '') + text;
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}

/** The length of the next piece (0 when it does not end), its kind, and its text. */
function nextPiece(rest: string): readonly [taken: number, kind: 'text' | 'space', text: string] {
  const space = /^[ \t\r\n]+/.exec(rest);
  if (space !== null) return [space[0].length, 'space', ''];
  const single = /^'([^']*)'/.exec(rest);
  if (single !== null) return [single[0].length, 'text', single[1]!];
  const double = /^"((?:[^"\\]|\\[\s\S])*)"/.exec(rest);
  if (double !== null)
    return [
      double[0].length,
      'text',
      double[1]!.replaceAll(/\\(["\\$`\n])/g, (_, character: string) => (character === '\n' ? '' : character)),
    ];
  const escaped = /^\\([\s\S])/.exec(rest);
  if (escaped !== null) return [2, 'text', escaped[1] === '\n' ? '' : escaped[1]!];
  const plain = /^[^\s'"\\]+/.exec(rest);
  return [plain?.[0].length ?? 0, 'text', plain?.[0] ?? ''];
}
