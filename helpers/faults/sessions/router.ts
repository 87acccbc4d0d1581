import { sessionStore } from '../../platform/sessions/store/session-store.ts';
import { faultsOf, replaced } from '../fault.ts';
import { accepting, acceptingAll } from '../tokens.ts';

const fault = faultsOf('sessions');

// The router's promises: a request with the right to do so reaches what its address names, and no other request does.

export const previewsAreNoActivity = fault(
  'directory',
  'preview requests keep a session in use',
  (directory) => ({ touch: (db, id) => directory.find(db, id) }),
  'cold-start.spec.ts › idle time › keepalives and preview requests keep a session alive',
);

export const anyIdReachesAnyContainer = fault(
  'directory',
  'a session id leads to its own container',
  (directory) => ({
    async find(db, id) {
      const [session, [first]] = await Promise.all([directory.find(db, id), sessionStore.unfinished(db)]);
      return session?.status === 'active' && first !== undefined ? { ...session, address: first.address } : session;
    },
  }),
  'routing.spec.ts › a session id is routed to its own container only',
);

export const unknownSessionsLeadSomewhere = fault(
  'directory',
  'an unknown session is not found',
  (directory) => ({ find: async (db, id) => (await directory.find(db, id)) ?? (await sessionStore.unfinished(db))[0] }),
  'routing.spec.ts › an unknown session is 404 and is not created',
);

export const liveUpdatesHaveNoRule = fault(
  'rules',
  'the upgrade of /ws/hmr leads to the live updates',
  (rules) => rules.filter(({ action }) => action !== 'live updates'),
  'routing.spec.ts › every path is routed to its target',
);

export const anApiRuleTakesEverything = fault(
  'rules',
  'the rule with the lowest number decides',
  (rules) => rules.map((rule) => (rule.action === 'container' ? { ...rule, priority: 1, path: /\/api\// } : rule)),
  'routing.spec.ts › every path is routed to its target',
);

export const forgedTokensOpenSessions = fault(
  'tokens',
  'a forged token is refused',
  acceptingAll,
  'access.spec.ts › an invalid token is 401 › forged: signed with another secret',
);

export const expiredTokensOpenSessions = fault(
  'tokens',
  'an expired token is refused',
  (tokens) => accepting(tokens, ({ code }) => code === 'FAST_JWT_EXPIRED'),
  'access.spec.ts › an invalid token is 401 › expired',
);

export const tokensForOtherAudiencesOpenSessions = fault(
  'tokens',
  'a token for another platform is refused',
  (tokens) => accepting(tokens, ({ message }) => message.includes('aud')),
  'access.spec.ts › an invalid token is 401 › for another audience',
);

export const anyKeyOpensAPreview = fault(
  'entrance',
  'a preview opens with its own key only',
  () => ({ isOpenTo: (_, key) => key !== undefined }),
  'access.spec.ts › a preview opens with its own key only › not with one that is guessed',
);

export const previewsServeOtherSites = fault(
  'entrance',
  'a page of another site cannot use a preview',
  () => ({ isOwnPage: () => true }),
  "doors.spec.ts › a page of another site cannot use a preview, even with the browser's cookie",
);

export const cookiesAreForEverySession = fault(
  'entrance',
  "a preview's cookie is sent to that preview only",
  (entrance) => ({
    cookieFor: (session, request) =>
      replaced(entrance.cookieFor(session, request), `Path=/session/${session.id}/`, 'Path=/'),
  }),
  'routing.spec.ts › every path is routed to its target',
);

/** The self test of the router alone. */
const router = 'helpers/platform/sessions/router/router.test.ts';

export const slashesAreNotLookedAt = fault(
  'addresses',
  'a doubled or an encoded slash leads nowhere else',
  () => ({ parse: (target) => new URL(target, 'http://router') }),
  `${router} › a doubled or an encoded slash before the destination is refused`,
);

export const siteCookiesReplaceTheRouters = fault(
  'entrance',
  "a site's cookies do not replace the router's",
  () => ({ siteCookie: (_, setCookie) => setCookie }),
  `${router} › a site's cookies are for the site alone and do not replace the router's`,
);

export const tokensGoToSites = fault(
  'entrance',
  "a site does not get its user's token",
  () => ({ headersFor: (headers) => headers }),
  `${router} › a site gets neither its user's token nor the preview's key`,
);

export const framesGetNoCookie = fault(
  'entrance',
  'a preview works in a frame of another site',
  (entrance) => ({ cookieFor: (session) => entrance.cookieFor(session, { headers: {} }) }),
  `${router} › a preview in a frame of another site gets a cookie for that frame`,
);

export const answersMayTakeForEver = fault(
  'proxy',
  'an answer has a time limit',
  (proxy) => (options) => proxy({ ...options, proxyTimeout: 0 }),
  `${router} › an answer that does not come in time is 503, and one that stops is broken off`,
);

export const openTabsAreUse = fault(
  'use',
  'an idle open tab is no use of its session',
  () => ({ isUse: () => true }),
  `${router} › messages of a page are use of its session, and its pings and its opening are not`,
);

export const webSocketsAreNoUse = fault(
  'use',
  'what a page sends over its WebSocket is use of its session',
  () => ({ isUse: () => false }),
  `${router} › messages of a page are use of its session, and its pings and its opening are not`,
);

export const webSocketsAreCompressed = fault(
  'proxy',
  'what a page sends over its WebSocket can be looked at',
  (proxy) => (options) => {
    const server = proxy(options);
    const ws = server.ws.bind(server);
    server.ws = (request, ...rest) => {
      request.headers['sec-websocket-extensions'] = 'permessage-deflate';
      return ws(request, ...rest);
    };
    return server;
  },
  `${router} › messages of a page are use of its session, and its pings and its opening are not`,
);
