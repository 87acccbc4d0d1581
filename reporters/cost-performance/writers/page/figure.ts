import { type Content, type Html, html } from './html.ts';

/** Rows of cells with headers. The first cell of a row is the row's name. */
export interface Table {
  readonly caption: string;
  readonly columns: readonly (string | { readonly number: string })[];
  readonly rows: readonly (readonly Content[])[];
}

/** A table that scrolls in its own box when it is too wide, also by keyboard. */
export function table({ caption, columns, rows }: Table): Html {
  const heads = columns.map((column) =>
    typeof column === 'string'
      ? html`<th scope="col">${column}</th>`
      : html`<th scope="col" class="number">${column.number}</th>`,
  );
  const cell = (content: Content, index: number): Html =>
    typeof columns[index + 1] === 'object' ? html`<td class="number">${content}</td>` : html`<td>${content}</td>`;
  return scrolling(
    caption,
    html`<table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${heads}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([name, ...cells]) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${cells.map(cell)}
            </tr> `,
        )}
      </tbody>
    </table>`,
  );
}

export function scrolling(name: string, content: Html): Html {
  return html`<div class="scroll" role="region" aria-label="${name}" tabindex="0">${content}</div>`;
}

export interface FigureParts {
  readonly title: string;
  /** How to read it, in a sentence or two. */
  readonly caption: Content;
  /** The meaning of colours and marks, where the plot does not show it. */
  readonly legend?: Content;
  readonly plot: Html;
  readonly data: Table;
}

/** A plot with a heading, an explanation, and its data as a table for screen readers. */
export function figure({ title, caption, legend, plot, data }: FigureParts): Html {
  return html`<figure>
    <figcaption>
      <h3>${title}</h3>
      <p>${caption}</p>
    </figcaption>
    ${legend === undefined ? undefined : html`<p class="legend">${legend}</p>`} ${plot}
    <details>
      <summary>Data: ${data.caption}</summary>
      ${table(data)}
    </details>
  </figure>`;
}

/** A drawing with its description. Its parts are neither read out nor reached by keyboard. */
export function picture(says: string, drawing: Content, className = ''): Html {
  return html`<div class="picture ${className}" role="img" aria-label="${says}">
    <div class="drawing" aria-hidden="true">${drawing}</div>
  </div>`;
}

/** A mark and its meaning. */
export function key(mark: string, meaning: string): Html {
  return html`<span class="key"><i class="${mark}"></i>${meaning}</span> `;
}

export function section(id: string, title: string, ...content: readonly Content[]): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${content}
  </section> `;
}
