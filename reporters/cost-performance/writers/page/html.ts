/** A text that is HTML already. Only {@link html} and {@link trusted} create it. */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** The values of a template: strings, which are escaped, HTML, which is not, and undefined for nothing. */
export type Content = Html | string | number | undefined | readonly Content[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** HTML with values in elements or quoted attributes. A value can never become markup. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(strings.reduce((text, part, index) => `${text}${rendered(values[index - 1])}${part}`));
}

function rendered(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Html) return content.toString();
  if (typeof content === 'object') return content.map(rendered).join('');
  return String(content).replace(/[&<>"']/g, (character) => entities[character]!);
}

/** Our own text that is HTML, such as a style sheet. Never for a run's data. */
export function trusted(text: string): Html {
  return new Html(text);
}

/** Data for a `script` element of JSON, which no text in them can end. */
export function embedded(data: unknown): Html {
  return new Html(JSON.stringify(data).replaceAll('<', '\\u003c'));
}
