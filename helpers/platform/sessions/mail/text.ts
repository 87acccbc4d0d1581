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

export function linesOf(text: string): string[] {
  return text.split(/\r?\n/);
}

/** The id in a line of the form `Conversation ID: <id>`, quoted or not. */
export function conversationIn(line: string): string | undefined {
  return /^[>\s]*Conversation ID:\s*([\w-]{1,100})\s*$/i.exec(line)?.[1];
}
