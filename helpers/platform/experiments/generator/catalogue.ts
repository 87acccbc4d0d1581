import { findTemplate, type Template } from '../pipelines/index.ts';

/** The templates by their ids. */
export interface Catalogue {
  find(id: string): Template | undefined;
}

export const catalogue: Catalogue = { find: findTemplate };
