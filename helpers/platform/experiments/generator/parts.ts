import { realms, tokenVerifier, type TokenVerifier } from '../../kernel/tokens.ts';
import { type Catalogue, catalogue } from './catalogue.ts';

export interface GeneratorParts {
  /** The templates by their ids. */
  readonly catalogue: Catalogue;
  /** Tells the controller's tokens from others. */
  readonly generatorTokens: (secret: string) => TokenVerifier;
}

export const generatorParts: GeneratorParts = { catalogue, generatorTokens: tokenVerifier(realms.generator) };
