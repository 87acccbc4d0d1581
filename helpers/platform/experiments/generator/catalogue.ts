import { findTemplate, type Template } from '../pipelines/index.ts';

export interface Catalogue {
  find(id: string): Template | undefined;
}

export const catalogue: Catalogue = { find: findTemplate };
