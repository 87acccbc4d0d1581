import { expect, test } from '../../fixtures/index.ts';
import { call, Session } from '../../helpers/clients/index.ts';
import { realms } from '../../helpers/platform/kernel/realms.ts';
import { signToken } from '../../helpers/platform/kernel/tokens.ts';

test('work done before an interruption is committed', async ({ session }) => {
  const long = session.execute('Add 500 pages');
  await expect.poll(async () => (await session.get('/@id/__x00__virtual:pages')).body).toContain('"Page 3"');
  const next = await session.execute('Add a new page called "Enough"');
  const interrupted = await long;
  expect(interrupted, 'what was done until the interruption').toMatchObject({
    interrupted: true,
    files: expect.arrayContaining(['src/pages/page-1.json', 'src/pages/page-3.json']),
  });
  expect(await session.api('/api/git/status'), 'what is not committed').toMatchObject({ changed: [] });
  expect((await session.log()).slice(0, 2)).toMatchObject([
    { oid: next.commit },
    { oid: interrupted.commit, subject: 'Add 500 pages', trailers: { Interrupted: 'true' } },
  ]);
});

test('work of a killed container is committed by the next one', async ({ createSession, cloud, sessionChaos }) => {
  const session = await createSession();
  await session.waitFor('active');
  const broken = expect(session.execute('Add 500 pages')).toBeRefused(503, 'SERVICE_UNAVAILABLE');
  await expect.poll(async () => (await session.get('/@id/__x00__virtual:pages')).body).toContain('"Page 3"');
  const [task] = await cloud.tasksOf(session.id);
  sessionChaos.crash(task!.taskArn!);
  await broken;
  await expect
    .poll(async () => (await cloud.tasksOf(session.id)).length, {
      message: 'containers that the session has had',
      timeout: 30_000,
    })
    .toBe(2);
  await session.waitFor('active');
  expect((await session.log())[0], 'the last commit').toMatchObject({
    subject: 'What a session that broke off has left',
    trailers: { 'Thread-ID': session.threadId, Interrupted: 'true' },
  });
  expect((await session.get('/@id/__x00__virtual:pages')).body).toContain('"Page 3"');
});

test.describe('workspaces are per user', () => {
  test('two users of one client have separate workspaces and pages', async ({
    createUser,
    createSession,
    workspace,
  }) => {
    const ana = createUser();
    const sessions = await Promise.all(
      [ana, createUser(ana.clientId)].map((user) => createSession(undefined, { user })),
    );
    for (const [index, session] of sessions.entries()) {
      await session.waitFor('active');
      await session.execute(`Add a new page called "Of ${index}"`);
    }
    for (const [index, session] of sessions.entries()) {
      const { body } = await session.get('/@id/__x00__virtual:pages');
      expect(body, 'the pages that a user sees').toContain(`Of ${index}`);
      expect(body, 'the pages that a user sees').not.toContain(`Of ${1 - index}`);
      expect(await workspace(session).list('src/pages')).toEqual(['.gitkeep', `of-${index}.json`]);
    }
  });

  for (const clientId of ['../other', '..', '.', 'a/b', 'a\\b', '/etc', '.git']) {
    test(`client id ${clientId} is refused`, async ({ user, session, sessionPlatform: { url, secret } }) => {
      const token = signToken(
        { user_id: user.userId, email: 'eve@example.com', roles: ['admin'], tenant_id: clientId },
        secret,
        60_000,
        realms.sessions,
      );
      await expect(Session.activate(url, { ...user, clientId }), 'with the token of another').toBeRefused(
        403,
        'AUTHORIZATION_ERROR',
      );
      await expect(Session.activate(url, { ...user, clientId, token }), 'with a token of its own').toBeRefused(
        400,
        'VALIDATION_ERROR',
      );
      await expect(
        call(url, '/hermes/api/users', {
          method: 'PUT',
          token,
          body: { email: 'eve@example.com', clientId, userId: user.userId },
        }),
      ).toBeRefused(400, 'VALIDATION_ERROR');
      await expect(
        session.api('/api/init', {
          method: 'POST',
          body: { sessionId: session.id, clientId, userId: user.userId, threadId: session.threadId },
        }),
      ).toBeRefused(400, 'VALIDATION_ERROR');
    });
  }

  test('a container works for its own user only', async ({ session, user }) => {
    const { threadId } = session;
    const before = await session.log();
    const foreign = { clientId: user.clientId, userId: user.userId, threadId };
    const sameClient = { clientId: session.user.clientId, userId: user.userId, threadId };
    for (const owner of [foreign, sameClient, { ...foreign, clientId: '../other' }]) {
      await expect(
        session.api('/api/execute', {
          method: 'POST',
          body: { ...owner, instruction: 'Add a new page called "Intruder"' },
        }),
        owner.clientId,
      ).toBeRefused(403, 'FORBIDDEN');
    }
    for (const owner of [foreign, sameClient])
      await expect(session.api('/api/init', { method: 'POST', body: { ...owner, sessionId: session.id } })).toBeRefused(
        409,
        'CONFLICT',
      );
    expect(await session.log()).toEqual(before);
  });

  for (const threadId of ['main', '../main', 'a..b', '-x', 'refs/heads/x', 'A', '$(id)', 'x'.repeat(101)]) {
    test(`thread id ${threadId.slice(0, 20)} is refused`, async ({ session }) => {
      await expect(session.onThread(threadId).execute('Add a new page called "Elsewhere"')).toBeRefused(
        400,
        'VALIDATION_ERROR',
      );
    });
  }
});
