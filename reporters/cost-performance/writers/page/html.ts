/** Text that is HTML already. Only {@link html} and {@link trusted} make it. */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in a template: text, which is escaped, HTML, which is not, and nothing. */
export type Content = Html | string | number | undefined | readonly Content[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** HTML with values in it, in elements or in quoted attributes. Whatever a value is, it stays a value. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(strings.reduce((text, part, index) => `${text}${rendered(values[index - 1])}${part}`));
}

function rendered(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Html) return content.toString();
  if (typeof content === 'object') return content.map(rendered).join('');
  return String(content).replace(/[&<>"']/g, (character) => entities[character]!);
}

/** Text of our own that is HTML, such as a style sheet. Never for what came with a run. */
export function trusted(text: string): Html {
  return new Html(text);
}

/** Data for a `script` of JSON, in which no text can end the element. */
export function embedded(data: unknown): Html {
  return new Html(JSON.stringify(data).replaceAll('<', '\\u003c'));
}
