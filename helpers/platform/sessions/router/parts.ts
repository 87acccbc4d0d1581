import { tokenVerifier, type TokenVerifier } from '../../kernel/token-verifier.ts';
import { realms } from '../../kernel/tokens.ts';
import { type Access, access } from '../access.ts';
import { type SessionStore, sessionStore } from '../store/session-store.ts';
import { type PreviewAccess, entrance } from './preview-access.ts';
import { type Rule, rules } from './rules.ts';

export interface RouterParts {
  readonly rules: readonly Rule[];
  readonly tokens: (secret: string) => TokenVerifier;
  /** Decides what users may do with sessions. */
  readonly access: Access;
  /** Finds a session's container, and records that the session is in use. */
  readonly directory: Pick<SessionStore, 'find' | 'touch'>;
  /** Decides which requests reach which session. */
  readonly entrance: PreviewAccess;
}

export const routerParts: RouterParts = {
  rules,
  tokens: tokenVerifier(realms.sessions),
  access,
  directory: sessionStore,
  entrance,
};
