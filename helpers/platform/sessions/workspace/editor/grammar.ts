/** A parsed instruction. A page is named by its title; undefined means `it`, the page that was changed last. */
export type Action =
  | { readonly kind: 'addPage'; readonly title: string }
  | { readonly kind: 'addPages'; readonly count: number }
  | { readonly kind: 'renamePage'; readonly page: string | undefined; readonly title: string }
  | { readonly kind: 'writeText'; readonly page: string | undefined; readonly text: string }
  | { readonly kind: 'deletePage'; readonly page: string | undefined }
  | { readonly kind: 'createFile'; readonly name: string }
  | { readonly kind: 'updateFile'; readonly name: string; readonly content: string };

type Slots = Readonly<Partial<Record<string, string>>>;

/**
 * The instructions, in the order in which they are tried. `(a|b)` is one of these words, `[a|b]` one of them or none,
 * `{name}` any text, with or without quotes.
 */
const phrases: readonly (readonly [phrase: string, action: (slots: Slots) => Action])[] = [
  ['(add|create|make) {count} [new|more] pages', ({ count }) => ({ kind: 'addPages', count: Number(count) })],
  [
    '(add|create|make) [a|an|the] [new] page [called|named|titled] {title}',
    ({ title }) => ({ kind: 'addPage', title: title! }),
  ],
  [
    '(call|name|rename) it [to] {title} [instead]',
    ({ title }) => ({ kind: 'renamePage', page: undefined, title: title! }),
  ],
  ['(call|rename) [the] [page] {page} to {title}', ({ page, title }) => ({ kind: 'renamePage', page, title: title! })],
  [
    '(change|set|update) the text of [the] [page] {page} to {text}',
    ({ page, text }) => ({ kind: 'writeText', page, text: text! }),
  ],
  [
    '(write|put) {text} (on|onto|in) [the] [page] {page}',
    ({ page, text }) => ({ kind: 'writeText', page, text: text! }),
  ],
  ['(delete|remove) [the] page [called|named] {page}', ({ page }) => ({ kind: 'deletePage', page })],
  ['(delete|remove) it', () => ({ kind: 'deletePage', page: undefined })],
  [
    '(add|create|make) [a|an|the] [new] (file|component) [called|named] {name}',
    ({ name }) => ({ kind: 'createFile', name: name! }),
  ],
  ['(add|create|make) [a|an|the] [new] {name} (file|component)', ({ name }) => ({ kind: 'createFile', name: name! })],
  [
    '(change|edit|update) [the] {name} [file|component] with {content}',
    ({ name, content }) => ({ kind: 'updateFile', name: name!, content: content! }),
  ],
];

const quotes = ['""', "''", '“”', '‘’', '«»', '„“'] as const;
/** Limited, because otherwise matching a text of only spaces takes quadratic time. */
const space = String.raw`\s{1,8}`;
const compiled = phrases.map(([phrase, action]) => ({ pattern: compile(phrase), action }));

/** Parses an instruction; undefined when it is unknown. Takes time in proportion to its length. */
export function understand(instruction: string): Action | undefined {
  for (const { pattern, action } of compiled) {
    const match = pattern.exec(instruction.trim());
    const slots = match === null ? undefined : readSlots(match.groups ?? {});
    if (slots !== undefined) return action(slots);
  }
  return undefined;
}

/** The slots without quotes; undefined when one is empty. A page that is called "it" has quotes. */
function readSlots(groups: Readonly<Record<string, string>>): Slots | undefined {
  const slots = Object.entries(groups)
    .filter(([name, text]) => name !== 'page' || text.toLowerCase() !== 'it')
    .map(([name, text]) => [name, withoutQuotes(text).trim()] as const);
  return slots.every(([name, text]) => (name === 'count' ? /^\d{1,9}$/.test(text) : text !== ''))
    ? Object.fromEntries(slots)
    : undefined;
}

function compile(phrase: string): RegExp {
  const quoted = quotes.map(([open, close]) => `${open}.+?${close}`).join('|');
  const words = phrase.split(' ').map((word) => {
    const inside = word.slice(1, -1);
    if (word.startsWith('[')) return `(?:${space}(?:${inside}))?`;
    if (word.startsWith('(')) return `${space}(?:${inside})`;
    return `${space}${word.startsWith('{') ? `(?<${inside}>${quoted}|.+?)` : word}`;
  });
  return new RegExp(`^(?:please${space})?${words.join('').slice(space.length)}[.!]?$`, 'is');
}

function withoutQuotes(text: string): string {
  const isQuoted = text.length > 1 && quotes.some(([open, close]) => text.startsWith(open!) && text.endsWith(close!));
  return isQuoted ? text.slice(1, -1) : text;
}
