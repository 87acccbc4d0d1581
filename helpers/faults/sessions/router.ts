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
    cookieFor: (session) => replaced(entrance.cookieFor(session), `Path=/session/${session.id}/`, 'Path=/'),
  }),
  'routing.spec.ts › every path is routed to its target',
);
