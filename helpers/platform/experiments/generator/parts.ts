import { tokenVerifier, type TokenVerifier } from '../../kernel/token-verifier.ts';
import { realms } from '../../kernel/realms.ts';
import { type Catalogue, catalogue } from './catalogue.ts';

export interface GeneratorParts {
  /** The templates by their ids. */
  readonly catalogue: Catalogue;
  /** Verifies the controller's tokens. */
  readonly generatorTokens: (secret: string) => TokenVerifier;
}

export const generatorParts: GeneratorParts = { catalogue, generatorTokens: tokenVerifier(realms.generator) };
