import { expect, test } from '../../fixtures/index.ts';
import { call, LiveUpdates, request, type Session, type SessionUser } from '../../helpers/clients/index.ts';
import { type Realm, realms } from '../../helpers/platform/kernel/realms.ts';
import { type Claims, signToken } from '../../helpers/platform/kernel/tokens.ts';

test.describe("another user's session", () => {
  const others: Record<string, (session: Session, secret: string) => string> = {
    'to another client': (_, secret) => sign({ clientId: 'another-client', userId: 'eve' }, secret),
    'to an administrator of another client': (_, secret) =>
      sign({ clientId: 'another-client', userId: 'eve' }, secret, { claims: { roles: ['admin'] } }),
    'to a user of another client with the same name': ({ user: { userId } }, secret) =>
      sign({ clientId: 'another-client', userId }, secret),
    'to another user of the same client': ({ user: { clientId } }, secret) => sign({ clientId, userId: 'eve' }, secret),
  };

  for (const [name, make] of Object.entries(others)) {
    test(name, async ({ session, sessionPlatform: { url, secret } }) => {
      const token = make(session, secret);
      for (const [method, path, body] of requestsTo(session)) {
        await expect(
          call(url, path, { method, body, token, headers: { 'x-session-id': session.id } }),
          `${method} ${path}`,
        ).toBeRefused(403, 'AUTHORIZATION_ERROR');
      }
      expect(await session.status()).toMatchObject({ status: 'active' });
      expect((await session.log()).map(({ subject }) => subject)).not.toContain('Add a new page called "Intruder"');
    });
  }

  test("another user's session is not listed", async ({ session: { id, user }, sessionPlatform: { url, secret } }) => {
    const list = (holder: Pick<SessionUser, 'clientId' | 'userId'>) =>
      call(url, `/hermes/api/sessions/client/${user.clientId}`, { token: sign(holder, secret) });
    expect(await list(user)).toMatchObject({ sessions: [{ sessionId: id, userId: user.userId, status: 'active' }] });
    expect(await list({ clientId: user.clientId, userId: 'eve' })).toEqual({ sessions: [] });
    await expect(list({ clientId: 'another-client', userId: 'eve' })).toBeRefused(403, 'AUTHORIZATION_ERROR');
  });

  test("a client's administrator may use the sessions of its users", async ({
    session,
    sessionPlatform: { url, secret },
  }) => {
    const token = sign({ clientId: session.user.clientId, userId: 'boss' }, secret, { claims: { roles: ['admin'] } });
    expect(await call(url, '/api/status', { token, headers: { 'x-session-id': session.id } })).toMatchObject({
      sessionId: session.id,
    });
  });
});

test.describe('an invalid token is 401', () => {
  const tokens: Record<string, (session: Session, secret: string) => string | undefined> = {
    'none at all': () => undefined,
    'no JSON Web Token': () => 'let-me-in',
    'the key of the preview': ({ key }) => key,
    'forged: signed with another secret': ({ user }) => sign(user, 'an invented secret'),
    'forged: another user written into it': ({ user }, secret) => {
      const [header, , signature] = sign({ clientId: 'another-client', userId: 'eve' }, secret).split('.');
      return [header, sign(user, secret).split('.')[1], signature].join('.');
    },
    expired: ({ user }, secret) => sign(user, secret, { lifetime: -1_000 }),
    'alg: none': ({ user }, secret) =>
      `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${sign(user, secret).split('.')[1]}.`,
    'of another issuer': ({ user }, secret) =>
      sign(user, secret, { realm: { ...realms.sessions, issuer: 'somebody-else' } }),
    'for another audience': ({ user }, secret) =>
      sign(user, secret, { realm: { ...realms.sessions, audience: 'somebody-else' } }),
    "of the experiments' platform": ({ user }, secret) => sign(user, secret, { realm: realms.experiments }),
    'without roles': ({ user }, secret) => sign(user, secret, { claims: { roles: undefined as unknown as string[] } }),
    'without a client': ({ user }, secret) =>
      sign(user, secret, { claims: { tenant_id: undefined as unknown as string } }),
  };

  for (const [name, make] of Object.entries(tokens)) {
    test(name, async ({ session, sessionPlatform: { url, secret } }) => {
      const token = make(session, secret);
      for (const [method, path, body] of requestsTo(session)) {
        await expect(
          call(url, path, { method, body, token, headers: { 'x-session-id': session.id } }),
          `${method} ${path}`,
        ).toBeRefused(401, 'AUTHENTICATION_ERROR');
      }
      expect(await session.status()).toMatchObject({ status: 'active' });
    });
  }
});

test.describe('a preview opens with its own key only', () => {
  const keys: Record<
    string,
    (session: Session, other: Session) => { readonly query?: string; readonly headers?: Record<string, string> }
  > = {
    'not without one': () => ({}),
    'not with one that is guessed': () => ({ query: 'key=guessed' }),
    'not with a guess of the right length': ({ key }) => ({ query: `key=${'A'.repeat(key.length)}` }),
    'not with an empty one': () => ({ query: 'key=' }),
    'not with the beginning of it': ({ key }) => ({ query: `key=${key.slice(0, -1)}` }),
    'not with that of another session': (_, { key }) => ({ query: `key=${key}` }),
    'not with the cookie of another session': (_, { cookie }) => ({ headers: { cookie } }),
    'not with the token of its user': ({ user: { token } }) => ({ headers: { authorization: `Bearer ${token}` } }),
  };

  for (const [name, make] of Object.entries(keys)) {
    test(name, async ({ session, createSession, sessionPlatform: { url } }) => {
      const { query = '', headers = {} } = make(session, await createSession());
      for (const path of [
        `/session/${session.id}`,
        `/session/${session.id}/`,
        `/session/${session.id}/src/main.js`,
        `/session/${session.id}/health`,
        `/preview/${session.id}/`,
      ]) {
        await expect(call(url, `${path}?${query}`, { headers }), path).toBeRefused(403, 'AUTHORIZATION_ERROR');
      }
      for (const path of [`/ws/hmr?session=${session.id}&`, `/session/${session.id}/ws/hmr?`]) {
        await expect(LiveUpdates.connect(url, path + query, headers), path).toBeRefused(403, 'AUTHORIZATION_ERROR');
      }
    });
  }

  test('a preview key opens nothing but its preview', async ({ session, sessionPlatform: { url } }) => {
    const {
      id,
      key,
      cookie,
      user: { clientId, userId },
      threadId,
    } = session;
    const body = { instruction: 'Add a new page called "Intruder"', clientId, userId, threadId };
    await expect(
      call(url, `/api/execute?key=${key}`, { method: 'POST', body, headers: { cookie, 'x-session-id': id } }),
    ).toBeRefused(401, 'AUTHENTICATION_ERROR');
    await expect(
      call(url, `/hermes/api/sessions/${id}/deactivate?key=${key}`, { method: 'POST', headers: { cookie } }),
    ).toBeRefused(401, 'AUTHENTICATION_ERROR');
    expect(
      await request(url, `/session/${id}/api/execute`, { method: 'POST', body, headers: { cookie } }),
    ).toMatchObject({ status: 404 });
    expect((await session.log()).map(({ subject }) => subject)).not.toContain(body.instruction);
  });
});

/** All requests that concern a session. */
function requestsTo({
  id,
  user: { clientId, userId },
  threadId,
}: Session): readonly (readonly [method: string, path: string, body?: object])[] {
  return [
    ['GET', `/hermes/api/sessions/${id}/status`],
    ['POST', `/hermes/api/sessions/${id}/keepalive`],
    ['POST', `/hermes/api/sessions/${id}/deactivate`],
    ['POST', '/hermes/api/sessions/activate', { clientId, userId, instruction: 'Add a new page called "Intruder"' }],
    ['GET', '/api/status'],
    ['GET', '/api/git/log'],
    ['POST', '/api/execute', { instruction: 'Add a new page called "Intruder"', clientId, userId, threadId }],
    ['POST', '/api/init', { sessionId: id, clientId, userId, threadId }],
  ];
}

/** A token of this user, with optional deviations. */
function sign(
  { clientId, userId }: Pick<SessionUser, 'clientId' | 'userId'>,
  secret: string,
  {
    claims = {},
    lifetime = 3_600_000,
    realm = realms.sessions,
  }: { readonly claims?: Partial<Claims>; readonly lifetime?: number; readonly realm?: Realm } = {},
): string {
  return signToken(
    { user_id: userId, email: `${userId}@example.com`, roles: [], tenant_id: clientId, ...claims },
    secret,
    lifetime,
    realm,
  );
}
