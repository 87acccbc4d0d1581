import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { StoredSession } from '../store/session-store.ts';

const cookie = 'preview-key';

/** Decides which requests reach which session. */
export interface PreviewAccess {
  /** A request's key: from `?key=` in a preview's address, or from the cookie that the preview has set. */
  keyOf(request: Pick<IncomingMessage, 'headers'>, url: URL): string | undefined;
  /**
   * Whether the request comes from a page of the preview itself, or from no page; a browser also sends its cookies with
   * requests from pages on other ports.
   */
  isOwnPage(request: Pick<IncomingMessage, 'headers'>): boolean;
  isOpenTo(session: Pick<StoredSession, 'key'>, key: string | undefined): boolean;
  /** A cookie with the key, so that the addresses of the session's pages do not need it. */
  cookieFor(session: Pick<StoredSession, 'id' | 'key'>): string;
}

export const entrance: PreviewAccess = {
  keyOf: ({ headers }, url) =>
    url.searchParams.get('key') ?? new RegExp(`(?:^|;\\s*)${cookie}=([^;]+)`).exec(headers.cookie ?? '')?.[1],

  isOwnPage: ({ headers: { origin, host } }) =>
    origin === undefined || (URL.canParse(origin) && new URL(origin).host === host),
  isOpenTo({ key }, shown = '') {
    const [known, given] = [Buffer.from(key), Buffer.from(shown)];
    return known.length === given.length && timingSafeEqual(known, given);
  },

  cookieFor: ({ id, key }) => `${cookie}=${key}; Path=/session/${id}/; HttpOnly; SameSite=Lax`,
};
