import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '../../fixtures/index.ts';
import { call, LiveUpdates, request, requestAsWritten, type Session } from '../../helpers/clients/index.ts';

const healthy = { status: 'healthy' };

test('every path is routed to its target', async ({ session, sessionPlatform: { url } }) => {
  const { id, key, cookie } = session;

  await test.step('/api/* to the container of the session that the header names', async () => {
    expect(await request(url, '/api/health')).toMatchObject({ status: 200, body: healthy });
    expect(await session.api('/api/status')).toMatchObject({ success: true, sessionId: id });
  });

  await test.step('/hermes/* to Hermes, whatever comes after', async () => {
    expect(await request(url, '/hermes/health')).toMatchObject({
      status: 200,
      body: { ...healthy, timestamp: expect.any(String) },
    });
    await expect(call(url, '/hermes/api/status'), 'no path of Hermes').toBeRefused(404, 'NOT_FOUND');
    expect(await session.status()).toMatchObject({ status: 'active', previewUrl: session.previewUrl });
  });

  await test.step('/session/:id/* to the preview, with the key in the address first, and then with the cookie', async () => {
    const page = await request(url, `/session/${id}/?key=${key}`);
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining('<title>Site</title>') });
    expect(page.headers.get('set-cookie')).toBe(`${cookie}; Path=/session/${id}/; HttpOnly; SameSite=Lax`);
    expect(page.headers.get('referrer-policy'), 'the address, with its key, is sent to no other site').toBe(
      'no-referrer',
    );
    expect(await session.get('/src/main.js')).toMatchObject({
      status: 200,
      body: expect.stringContaining('/src/pages.js'),
    });
    expect(await session.get('/health')).toMatchObject({ status: 200, body: { ...healthy, sessionId: id } });
  });

  await test.step('/session/:id and /preview/:id to the same', async () => {
    for (const path of [`/session/${id}`, `/preview/${id}`, `/preview/${id}/`]) {
      expect(await request(url, `${path}?key=${key}`), path).toMatchObject({
        status: 200,
        body: expect.stringContaining('<title>Site</title>'),
      });
    }
  });

  await test.step('/ws/hmr to the live updates, and so does the path that the preview has for them', async () => {
    await using updates = await LiveUpdates.connect(url, `/ws/hmr?session=${id}&key=${key}`);
    expect(await updates.first('connected')).toEqual({ type: 'connected' });
    await using ofPage = await LiveUpdates.connect(url, `/session/${id}/ws/hmr`, { cookie });
    expect(await ofPage.first('connected')).toEqual({ type: 'connected' });
  });

  await test.step('other paths to an answer that identifies the platform', async () => {
    for (const path of ['/', '/nothing/here', '/apis', '/sessions'])
      expect(await request(url, path), path).toMatchObject({ status: 200, body: healthy });
  });
});

test('a session id is routed to its own container only', async ({ session, createSession }) => {
  const other = await createSession('Add a new page called "Somewhere else"');
  await other.waitFor('active');
  for (const one of [session, other]) {
    expect(await one.api('/api/status'), 'whose container answers').toMatchObject({ sessionId: one.id });
    expect(await one.get('/health'), 'whose preview answers').toMatchObject({
      status: 200,
      body: { sessionId: one.id },
    });
  }
  await expect.poll(async () => (await other.log())[0]?.subject).toBe('Add a new page called "Somewhere else"');
  expect((await other.get('/@id/__x00__virtual:pages')).body).toContain('Somewhere else');
  expect((await session.get('/@id/__x00__virtual:pages')).body).not.toContain('Somewhere else');
});

test('an open page receives live updates, even after a second activation', async ({
  session,
  sessionPlatform: { url },
}) => {
  const {
    id,
    cookie,
    user: { clientId, userId },
    threadId,
  } = session;
  await session.execute('Add a new page called "First"');
  await session.get('/src/main.js');
  await session.get('/src/pages.js');
  await session.get('/@id/__x00__virtual:pages');
  await using updates = await LiveUpdates.connect(url, `/session/${id}/ws/hmr`, { cookie });
  await updates.first('connected');

  const again = () => session.api('/api/init', { method: 'POST', body: { sessionId: id, clientId, userId, threadId } });
  expect(await again()).toEqual(await again());
  await session.execute('Add a new page called "Second"');
  expect(await updates.first('update')).toMatchObject({ type: 'update' });
});

test('an unknown session is 404 and is not created', async ({
  session,
  user,
  sessionPlatform: { url },
  sessionStore,
}) => {
  const id = 'c0ffee00-0000-4000-8000-000000000000';
  expect(session.id, 'the session that is open beside it').not.toBe(id);
  const { token } = user;
  await expect(call(url, `/hermes/api/sessions/${id}/status`, { token })).toBeRefused(404, 'NOT_FOUND');
  for (const action of ['keepalive', 'deactivate'])
    await expect(call(url, `/hermes/api/sessions/${id}/${action}`, { method: 'POST', token }), action).toBeRefused(
      404,
      'NOT_FOUND',
    );
  await expect(call(url, '/api/status', { token, headers: { 'x-session-id': id } })).toBeRefused(404, 'NOT_FOUND');
  for (const path of [`/session/${id}/`, `/session/${id}/health`, `/preview/${id}`])
    await expect(call(url, `${path}?key=guessed`), path).toBeRefused(404, 'NOT_FOUND');
  await expect(LiveUpdates.connect(url, `/ws/hmr?session=${id}&key=guessed`)).toBeRefused(404, 'NOT_FOUND');
  expect(
    await sessionStore.postgres.query('SELECT id, status FROM sessions WHERE id = $1', [id]),
    'rows of a session that was not opened',
  ).toEqual([]);
});

test('a draining, initializing or expired session is unavailable', async ({
  createSession,
  user,
  cloud,
  sessionChaos,
  sessionPlatform: { url },
}) => {
  const first = await createSession(undefined, { user });
  await first.waitFor('active');
  const [leaving] = await cloud.tasksOf(first.id);

  await test.step('while it ends', async () => {
    sessionChaos.cut('hermes-cloud'); // so that its state stays
    await first.deactivate();
    await expectUnavailable(url, first, 'draining');
  });

  const second = await test.step('before it is active', async () => {
    const created = await createSession(undefined, { user });
    expect(await created.status()).toMatchObject({ status: 'initializing', containerIp: null });
    await expectUnavailable(url, created, 'initializing');
    return created;
  });

  await test.step('when it has ended', async () => {
    sessionChaos.mend();
    await first.waitFor('expired');
    await expectUnavailable(url, first, 'expired');
    for (const use of [() => first.keepalive(), () => first.deactivate()])
      await expect(use()).toBeRefused(409, 'CONFLICT');
    expect(await first.status(), 'asking has not brought it back').toMatchObject({
      status: 'expired',
      reason: 'deactivated',
    });
  });

  await test.step('the next one has waited until the one before had left the workspace', async () => {
    await second.waitFor('active');
    const [before, [after]] = [await cloud.task(leaving!.taskArn!), await cloud.tasksOf(second.id)];
    expect(after!.createdAt!.getTime()).toBeGreaterThanOrEqual(before.stoppedAt!.getTime());
  });
});

test.describe('crafted addresses', () => {
  test('a path that leaves the session is routed like any other path', async ({
    session: { id, cookie },
    sessionPlatform: { url },
  }) => {
    for (const path of [
      `/session/${id}/../..`,
      `/session/${id}/../../etc/passwd`,
      `/session/${id}/%2e%2e/%2E%2E/etc/passwd`,
      `/session/${id}/.%2e/..\\etc/passwd`,
    ]) {
      expect(await requestAsWritten(url, path, { cookie }), path).toEqual({
        status: 200,
        body: JSON.stringify(healthy),
      });
    }
    expect(await requestAsWritten(url, `/session/${id}/../../hermes/health`, { cookie })).toMatchObject({
      status: 200,
      body: expect.stringContaining('timestamp'),
    });
    expect(
      await requestAsWritten(url, `/session/${id}/../../hermes/../api/status`, { cookie, 'x-session-id': id }),
    ).toMatchObject({ status: 401, body: expect.stringContaining('AUTHENTICATION_ERROR') });
  });

  test("a path into another session requires that session's key", async ({
    session,
    createSession,
    sessionPlatform: { url },
  }) => {
    const other = await createSession();
    for (const path of [`/session/${session.id}/../${other.id}/`, `/session/${session.id}/%2e%2e/${other.id}/`]) {
      expect(await requestAsWritten(url, path, { cookie: session.cookie }), path).toMatchObject({
        status: 403,
        body: expect.stringContaining('AUTHORIZATION_ERROR'),
      });
    }
    for (const path of [
      `/session/${session.id}%2f..%2f${other.id}/`,
      `/session/${session.id},${other.id}/`,
      `/session/%00/`,
      '/session/%/',
      '/session/..%2f/',
      `/session/${session.id.toUpperCase()}/`,
    ]) {
      expect(await requestAsWritten(url, path, { cookie: session.cookie }), path).toMatchObject({
        status: 404,
        body: expect.stringContaining('NOT_FOUND'),
      });
    }
  });

  test('a file outside the site is not served', async ({ session: { id, cookie }, sessionPlatform: { url } }) => {
    // Served for every path without a file.
    const site = { status: 200, body: expect.stringContaining('<title>Site</title>') };
    const restricted = { status: 403, body: expect.stringContaining('<h1>403 Restricted</h1>') };
    const answers = {
      '//etc/passwd': site,
      '/@id//etc/passwd': site,
      '/@id/__x00__/etc/passwd': site,
      '/file:///etc/passwd': site,
      '/..%2f..%2f..%2f..%2f..%2f..%2fetc/passwd': site,
      '/..%5c..%5cetc/passwd': site,
      '/%2e%2e%2f%2e%2e%2f%2e%2e%2f%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd': site,
      '/src/..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc/passwd?raw': site,
      '/@fs/etc/passwd': restricted,
      '/@fs//etc/passwd': restricted,
      '/@fs/etc/passwd?raw': restricted,
      '/@fs/etc/passwd?import&raw': restricted,
      '/@fs/etc/passwd?url': restricted,
      '/@fs/etc/passwd?raw??': restricted,
      '/@fs/etc/passwd?inline&import': restricted,
      '/.git/config': restricted,
      '/.git/HEAD': restricted,
      '/__open-in-editor?file=/etc/passwd': { status: 404, body: '' },
    };
    for (const [path, answer] of Object.entries(answers)) {
      const found = await requestAsWritten(url, `/session/${id}${path}`, { cookie });
      expect(found, path).toEqual(answer);
      expect(found.body, path).not.toMatch(/root:|cm9vd/); // as text, or in Base64
    }
  });

  test('a malformed address is refused', async ({ sessionPlatform: { url } }) => {
    for (const path of ['//', '//:99999/hermes/health', '//elsewhere.example/hermes/health'])
      expect(await requestAsWritten(url, path), path).toMatchObject({
        status: 400,
        body: expect.stringContaining('VALIDATION_ERROR'),
      });
  });

  test('a session header with no session, or several, is refused', async ({
    session,
    createSession,
    sessionPlatform: { url },
  }) => {
    const {
      user: { token },
      id,
    } = session;
    const other = await createSession();
    await expect(call(url, '/api/status', { token })).toBeRefused(400, 'VALIDATION_ERROR');
    for (const name of ['', '../', `${id}/../${other.id}`, `${id}, ${other.id}`, `${id}' OR '1'='1`, '%00', '*']) {
      await expect(call(url, '/api/status', { token, headers: { 'x-session-id': name } }), name).toBeRefused(
        404,
        'NOT_FOUND',
      );
    }
    await expect(call(url, '/api/status', { token, headers: { 'x-session-id': other.id } })).toBeRefused(
      403,
      'AUTHORIZATION_ERROR',
    );
  });
});

test('a preview is shown in a frame of another site', async ({ session, page, sessionPlatform: { url } }) => {
  await session.execute('Add a new page called "Framed"');
  await using other = await servePage(
    `<!doctype html><title>Other</title><iframe src="${session.previewUrl}"></iframe>`,
  );
  expect(new URL(other.url).hostname, 'another site than the router').not.toBe(new URL(url).hostname);
  await page.goto(other.url);
  const frame = page.frameLocator('iframe');
  await expect(frame.getByRole('heading', { name: 'Framed' })).toBeVisible();
  await session.execute('Call it "Updated" instead');
  await expect(frame.getByRole('heading', { name: 'Updated' }), 'by live reload').toBeVisible();
});

test('a WebSocket to an address without one is refused', async ({
  session: {
    id,
    key,
    cookie,
    user: { token },
  },
  sessionPlatform: { url },
}) => {
  for (const path of [
    '/',
    '/api/health',
    '/nothing',
    '/ws/other',
    '/hermes/health/ws',
    '/ws/hmr',
    `/ws/hmr?key=${key}`,
    `/ws/hmr?session=%00&key=${key}`,
    `/ws/hmr?session=${id}/../other&key=${key}`,
  ]) {
    await expect(LiveUpdates.connect(url, path, { cookie }), path).toBeRefused(404, 'NOT_FOUND');
  }
  await expect(LiveUpdates.connect(url, '/api/status', { 'x-session-id': id })).toBeRefused(
    401,
    'AUTHENTICATION_ERROR',
  );
  await expect(
    LiveUpdates.connect(url, '/api/status', { 'x-session-id': id, authorization: `Bearer ${token}` }),
  ).toBeRefused(404);
  await expect(LiveUpdates.connect(url, `/session/${id}/other`, { cookie }), 'no path of live updates').toBeRefused(
    404,
  );
});

test('a WebSocket ends with its container, and a new one is refused', async ({
  createSession,
  cloud,
  sessionChaos,
  sessionPlatform: { url },
}) => {
  const session = await createSession();
  await session.waitFor('active');
  const path = `/ws/hmr?session=${session.id}&key=${session.key}`;
  await using open = await LiveUpdates.connect(url, path);
  const [task] = await cloud.tasksOf(session.id);
  sessionChaos.cutTask(task!.taskArn!);
  expect(await open.closed).toBe(1006);
  await expect(LiveUpdates.connect(url, path)).toBeRefused(503, 'SERVICE_UNAVAILABLE');
});

/** Serves one page at `localhost`, which browsers take for another site than 127.0.0.1. */
async function servePage(content: string): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer((_, response) => void response.setHeader('content-type', 'text/html').end(content));
  await once(server.listen(0, 'localhost'), 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function expectUnavailable(url: string, session: Session, status: string): Promise<void> {
  const unavailable = {
    status: 503,
    body: { error: { code: 'SERVICE_UNAVAILABLE', message: `The session is ${status}` } },
  };
  for (const path of ['/', '/health'])
    expect(await session.get(path), `the preview while ${status}`).toMatchObject(unavailable);
  expect(
    await session.send('/api/status', { headers: { 'x-session-id': session.id } }),
    `the container while ${status}`,
  ).toMatchObject(unavailable);
  await expect(
    LiveUpdates.connect(url, `/ws/hmr?session=${session.id}&key=${session.key}`),
    `live updates while ${status}`,
  ).toBeRefused(503, 'SERVICE_UNAVAILABLE');
}
