import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { StoredSession } from '../store/session-store.ts';

const cookie = 'preview-key';

/** Who is let through to which session. */
export interface PreviewAccess {
  /**
   * The key that a request shows: as `?key=`, which a preview's address has, or as the cookie that it was then given.
   */
  keyOf(request: Pick<IncomingMessage, 'headers'>, url: URL): string | undefined;
  /**
   * Whether it comes from a page of the preview itself, or from no page: a browser sends its cookies for pages of other
   * ports, too.
   */
  isOwnPage(request: Pick<IncomingMessage, 'headers'>): boolean;
  isOpenTo(session: Pick<StoredSession, 'key'>, key: string | undefined): boolean;
  /** The cookie that spares the pages of a session the key in their addresses. */
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
