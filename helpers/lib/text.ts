/** Cuts a text to at most `most` characters, the last of them … if it was longer. */
export function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
