import { type Catalogue, catalogue } from './catalogue.ts';

export interface GeneratorParts {
  /** The templates by their ids. */
  readonly catalogue: Catalogue;
}

export const generatorParts: GeneratorParts = { catalogue };
