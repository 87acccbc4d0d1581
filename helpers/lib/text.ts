/** As much of a text as a sentence bears: at most so many characters, the last of them … where there were more. */
export function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
