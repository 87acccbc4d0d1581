/**
 * The new text of a mail, above what it quotes. A quote begins with an attribution (`On <date> … wrote:`, in up to
 * three lines) or with a line that starts with `>`. Lines that name the conversation are removed. Takes time in
 * proportion to the text, whatever it contains.
 */
export function instructionOf(text: string): string {
  const lines = linesOf(text);
  const quote = lines.findIndex(
    (line, index) => line.startsWith('>') || (line.startsWith('On ') && isAttribution(lines.slice(index, index + 3))),
  );
  return lines
    .slice(0, quote === -1 ? undefined : quote)
    .filter((line) => conversationIn(line) === undefined)
    .join('\n')
    .trim();
}

/** The id in the first line of the form `Conversation ID: <id>`, quoted or not. */
export function conversationOf(text: string): string | undefined {
  return linesOf(text)
    .map(conversationIn)
    .find((id) => id !== undefined);
}

export function conversationLine(id: string): string {
  return `Conversation ID: ${id}`;
}

/** A text as an answer quotes it. */
export function quoted(text: string): string {
  return linesOf(text)
    .map((line) => (line.startsWith('>') ? `>${line}` : `> ${line}`.trimEnd()))
    .join('\n');
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/);
}

function conversationIn(line: string): string | undefined {
  return /^[>\s]*Conversation ID:\s*([\w-]{1,100})\s*$/i.exec(line)?.[1];
}

function isAttribution(lines: readonly string[]): boolean {
  const end = lines.findIndex((line) => line.trimEnd().endsWith('wrote:'));
  const attribution = lines.slice(0, end + 1);
  return attribution.some((line) => /\d/.test(line)) && attribution.every((line) => line.trim() !== '');
}
