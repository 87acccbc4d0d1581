import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { StoredSession } from '../store/session-store.ts';

const cookie = 'preview-key';

type Headers = Pick<IncomingMessage, 'headers'>;

/** Decides which requests reach which session. */
export interface PreviewAccess {
  /** A request's key: from `?key=` in a preview's address, or from the cookie that the preview has set. */
  keyOf(request: Headers, url: URL): string | undefined;
  /**
   * Whether the request comes from a page of the preview itself, or from no page; a browser also sends its cookies with
   * requests from pages on other ports.
   */
  isOwnPage(request: Headers): boolean;
  isOpenTo(session: Pick<StoredSession, 'key'>, key: string | undefined): boolean;
  /** A cookie with the key, so that the addresses of the session's pages do not need it. */
  cookieFor(session: Pick<StoredSession, 'id' | 'key'>, request: Headers): string;
  /** What remains of a cookie that the session's site sets: for this site alone; undefined for one named as ours. */
  siteCookie(session: Pick<StoredSession, 'id'>, setCookie: string): string | undefined;
  /** The headers that reach the site: without what lets its user in. */
  headersFor(headers: IncomingMessage['headers']): IncomingMessage['headers'];
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

  cookieFor: ({ id, key }, request) =>
    `${cookie}=${key}; Path=${pathOf(id)}; HttpOnly; ${
      isFramedElsewhere(request)
        ? 'SameSite=None; Secure; Partitioned' // a browser takes it for this frame below that page alone
        : 'SameSite=Lax'
    }`,

  siteCookie({ id }, setCookie) {
    const [pair, ...attributes] = setCookie.split(';');
    if (pair!.split('=')[0]!.trim() === cookie) return undefined;
    const kept = attributes.filter((attribute) => !/^\s*(?:path|domain)\s*(?:=|$)/i.test(attribute));
    return [pair, ` Path=${pathOf(id)}`, ...kept].join(';');
  },

  headersFor(all) {
    const { authorization: _, cookie: cookies, ...headers } = all;
    const rest = cookies?.split(/;\s*/).filter((pair) => pair.split('=')[0]!.trim() !== cookie) ?? [];
    return rest.length === 0 ? headers : { ...headers, cookie: rest.join('; ') };
  },
};

function pathOf(id: string): string {
  return `/session/${id}/`;
}

/** Whether a page of another site asks for a page to show in a frame (Fetch Metadata). */
function isFramedElsewhere({ headers }: Headers): boolean {
  return headers['sec-fetch-site'] === 'cross-site' && /^i?frame$/.test(String(headers['sec-fetch-dest']));
}
