import { type Content, type Html, html } from './html.ts';

/** What one of several is chosen from; the first is at the beginning. */
export interface Choices {
  /** Of the radio buttons. */
  readonly name: string;
  readonly legend: string;
  /** Each button's id is this and its value. */
  readonly prefix: string;
  readonly options: readonly { readonly value: string; readonly note?: Content }[];
}

export function choices({ name, legend, prefix, options }: Choices): Html {
  return html`<fieldset class="filter">
    <legend>${legend}</legend>
    ${options.map(
      ({ value, note }, index) =>
        html` <label
          ><input
            type="radio"
            name="${name}"
            value="${value}"
            id="${prefix}${value.replaceAll(' ', '-')}"
            ${index === 0 ? html` checked` : undefined}
          />
          ${value}${note === undefined ? undefined : html` <small>${note}</small>`}</label
        >`,
    )}
  </fieldset>`;
}

/** Chooses the colours. The page's script remembers the choice. */
export function themeSwitch(): Html {
  const options = ['system', 'light', 'dark'].map((value) => ({ value }));
  return choices({ name: 'theme', legend: 'Colours', prefix: 'theme-', options });
}
