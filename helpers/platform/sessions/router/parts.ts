import { realms, tokenVerifier, type TokenVerifier } from '../../kernel/tokens.ts';
import { type Access, access } from '../access.ts';
import { type SessionStore, sessionStore } from '../store/session-store.ts';
import { type PreviewAccess, entrance } from './preview-access.ts';
import { type Rule, rules } from './rules.ts';

export interface RouterParts {
  readonly rules: readonly Rule[];
  readonly tokens: (secret: string) => TokenVerifier;
  /** Who may do what with whose session. */
  readonly access: Access;
  /** Where a session's container is, and that somebody uses it. */
  readonly directory: Pick<SessionStore, 'find' | 'touch'>;
  /** Who is let through to which session. */
  readonly entrance: PreviewAccess;
}

export const routerParts: RouterParts = {
  rules,
  tokens: tokenVerifier(realms.sessions),
  access,
  directory: sessionStore,
  entrance,
};
