import { tokenVerifier, type TokenVerifier } from '../../tokens.ts';
import { type SessionStore, sessionStore } from '../store/sessions.ts';
import { type Entrance, entrance } from './entrance.ts';

export interface RouterParts {
  readonly tokens: (secret: string) => TokenVerifier;
  readonly sessionStore: SessionStore;
  /** Who is let through to which session. */
  readonly entrance: Entrance;
}

export const routerParts: RouterParts = { tokens: tokenVerifier, sessionStore, entrance };
