import { tokenVerifier, type TokenVerifier } from '../../kernel/token-verifier.ts';
import { realms } from '../../kernel/realms.ts';
import { createProxyServer } from 'httpxy';
import { type Access, access } from '../access.ts';
import { type SessionStore, sessionStore } from '../store/session-store.ts';
import { type Addresses, addresses } from './addresses.ts';
import { type PreviewAccess, entrance } from './preview-access.ts';
import { type Rule, rules } from './rules.ts';
import { type Use, use } from './web-socket-use.ts';

export interface RouterParts {
  readonly addresses: Addresses;
  readonly rules: readonly Rule[];
  readonly tokens: (secret: string) => TokenVerifier;
  /** Decides what users may do with sessions. */
  readonly access: Access;
  /** Finds a session's container, and records that the session is in use. */
  readonly directory: Pick<SessionStore, 'find' | 'touch'>;
  /** Decides which requests reach which session. */
  readonly entrance: PreviewAccess;
  readonly use: Use;
  readonly proxy: typeof createProxyServer;
}

export const routerParts: RouterParts = {
  addresses,
  rules,
  tokens: tokenVerifier(realms.sessions),
  access,
  directory: sessionStore,
  entrance,
  use,
  proxy: createProxyServer,
};
