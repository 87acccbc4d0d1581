import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { DeleteClusterCommand, DescribeClustersCommand, ECSClient, ExecuteCommandCommand } from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import { createSigner } from 'fast-jwt';
import pg from 'pg';
import { expect, test as base } from '../../fixtures/index.ts';
import { call, fallSilent, LiveUpdates, Mailbox, request } from '../../helpers/clients/index.ts';
import { runInSession } from '../../helpers/cloud/index.ts';
import { openSessionPlatform, type OpenSessionPlatform } from '../../helpers/platform/index.ts';
import { defaultRequestTimes } from '../../helpers/lib/http-limits.ts';
import type { SessionConfiguration } from '../../helpers/platform/sessions/configuration.ts';
import { realms } from '../../helpers/platform/kernel/realms.ts';
import { signToken } from '../../helpers/platform/kernel/tokens.ts';
import { listeningPorts } from '../../helpers/run/processes/listening.ts';
import { RunFolder } from '../../helpers/run/index.ts';

const test = base.extend<{
  /**
   * Starts an additional platform with a state and a cloud of its own, which ends with the test. Costs about a second.
   */
  openAnother: (times?: Partial<SessionConfiguration['times']>) => Promise<OpenSessionPlatform>;
}>({
  openAnother: async (
    { _configuration: { run }, _platformCode, _postgresWorker, _mailServer },
    use,
    { workerIndex },
  ) => {
    const opened: OpenSessionPlatform[] = [];
    await use(async (times = {}) => {
      const another = await openSessionPlatform({
        folder: new RunFolder(run!),
        worker: `${workerIndex}-another`,
        postgres: _postgresWorker,
        ..._platformCode,
        relay: _mailServer,
        image: undefined,
        times,
      });
      opened.push(another);
      return another;
    });
    for (const another of opened) await another[Symbol.asyncDispose]();
  },
});

test('no port of a run reveals anything without credentials', async ({
  _configuration: { run, target },
  platform,
  sessionPlatform,
  session,
}) => {
  test.skip(process.platform !== 'linux', 'Which ports processes listen on is read from /proc.');
  test.setTimeout(180_000);
  const before = await session.status();
  const servers = [platform.local?.supervisor, sessionPlatform.supervisor].flatMap(
    (supervisor) => supervisor?.names.map((name) => supervisor.process(name).pid!) ?? [],
  );
  // The run's own servers.
  const databases = ['postgres', 'clickhouse'].flatMap((name) => new RunFolder(run!).process(name)?.pid ?? []);
  const ports = [...new Set(listeningPorts([process.pid, ...servers, ...databases]).map(({ port }) => port))];
  const databaseUrls = target === 'local' ? [sessionPlatform.postgres.url, platform.local!.clickhouse.url] : [];
  const known = [
    sessionPlatform.url,
    sessionPlatform.cloud.endpoint,
    platform.url,
    platform.local?.generatorUrl,
    ...databaseUrls,
  ].flatMap((url) => (url === undefined ? [] : [Number(new URL(url).port)]));
  expect(ports, 'what was found').toEqual(
    expect.arrayContaining([...known, sessionPlatform.smtp.port, ...sessionPlatform.network.containers.values()]),
  );

  const told = (
    await Promise.all(
      ports.map(async (port) =>
        (await Promise.all(strangersRequests.map((ask) => ask(port)))).flatMap((answer) =>
          isHarmless(answer) ? [] : [`${port}: ${answer}`],
        ),
      ),
    )
  ).flat();
  expect(told, 'what was answered to a stranger').toEqual([]);
  expect(await session.status()).toMatchObject({ status: before.status, threadId: before.threadId });
});

test('the database needs its password', async ({ sessionPlatform: { postgres } }) => {
  for (const password of ['', 'postgres', 'guessed']) {
    const url = new URL(postgres.url);
    url.password = password;
    const client = new pg.Client({ connectionString: url.href, password });
    await expect(client.connect(), `with the password "${password}"`).rejects.toThrow(/password/i);
  }
});

test.describe("the control plane's credentials", () => {
  test('the control plane refuses unsigned requests', async ({ sessionPlatform: { cloud, cluster }, cloud: mine }) => {
    const before = await mine.service('edit').counts();
    const headers = {
      'x-amz-target': 'AmazonEC2ContainerServiceV20141113.DeleteCluster',
      'content-type': 'application/x-amz-json-1.1',
    };
    expect(await request(cloud.endpoint, '/', { method: 'POST', headers, body: { cluster } })).toMatchObject({
      status: 400,
      body: { __type: 'MissingAuthenticationTokenException' },
    });
    expect(await mine.service('edit').counts()).toEqual(before);
  });

  test('the control plane refuses requests signed with another secret', async ({
    sessionPlatform: { cloud, cluster },
  }) => {
    const { endpoint, region, credentials } = cloud;
    for (const [wrong, name] of [
      [{ ...credentials, secretAccessKey: 'guessed' }, 'InvalidSignatureException'],
      [{ ...credentials, accessKeyId: 'AKIASTRANGER' }, 'UnrecognizedClientException'],
    ] as const) {
      const stranger = new ECSClient({ endpoint, region, credentials: wrong, maxAttempts: 1 });
      await expect(stranger.send(new DescribeClustersCommand({ clusters: [cluster] }))).rejects.toMatchObject({ name });
      await expect(stranger.send(new DeleteClusterCommand({ cluster }))).rejects.toMatchObject({ name });
      stranger.destroy();
    }
  });

  test("the control plane runs a command once, for its token's holder", async ({
    session,
    cloud: mine,
    sessionPlatform: {
      cloud: { endpoint, region, credentials },
      cluster,
    },
  }) => {
    const ecs = new ECSClient({ endpoint, region, credentials });
    const [task] = await mine.tasksOf(session.id);
    const { session: command } = await ecs.send(
      new ExecuteCommandCommand({ cluster, task: task!.taskArn, command: 'echo done', interactive: true }),
    );
    await expect(runInSession({ ...command, tokenValue: 'guessed' })).rejects.toThrow('The token is not valid');
    expect(await runInSession(command!)).toBe('done\r\n');
    await expect(runInSession(command!), 'a second time').rejects.toThrow('404');
    ecs.destroy();
  });
});

test.describe('mail servers require credentials', () => {
  test('the platform refuses mail without valid credentials, whatever its sender', async ({
    mailbox,
    user,
    sessionPlatform: { smtp, domain },
    sessionStore,
  }) => {
    const address = `${user.clientId}@${domain}`;
    const { auth, ...open } = smtp;
    await expect(
      new Mailbox(mailbox.address, { ...open, address }).send('Add a new page called "Intruder"'),
    ).rejects.toMatchObject({ responseCode: 530 });
    for (const wrong of [
      { ...auth, pass: 'guessed' },
      { ...auth, user: 'stranger' },
    ]) {
      await expect(
        new Mailbox(mailbox.address, { ...open, auth: wrong, address }).send('Add a new page called "Intruder"'),
      ).rejects.toMatchObject({ responseCode: 535 });
    }
    expect(await sessionStore.receives(user)).toEqual([]);
  });

  test("the users' mail server refuses mail without valid credentials", async ({
    _mailServer: { host, port },
    mailbox,
  }) => {
    await expect(
      new Mailbox('stranger@example.com', { host, port, address: mailbox.address }).send('Done'),
    ).rejects.toMatchObject({ responseCode: 530 });
    await expect(
      new Mailbox('stranger@example.com', {
        host,
        port,
        auth: { user: 'platform', pass: 'guessed' },
        address: mailbox.address,
      }).send('Done'),
    ).rejects.toMatchObject({ responseCode: 535 });
    expect(mailbox.inbox).toEqual([]);
  });
});

test('a container refuses requests that bypass the router', async ({ session, sessionPlatform: { network } }) => {
  const {
    id,
    key,
    cookie,
    user: { clientId, userId, token },
    threadId,
  } = session;
  expect(network.containers.size).toBeGreaterThan(0);
  for (const port of network.containers.values()) {
    const url = `http://127.0.0.1:${port}`;
    for (const [method, path, body] of [
      ['GET', '/'],
      ['GET', '/health'],
      ['GET', '/api/status'],
      ['GET', '/api/git/log'],
      ['GET', `/session/${id}/?key=${key}`],
      ['GET', `/session/${id}/@fs/etc/passwd`],
      ['POST', '/api/init', { sessionId: id, clientId, userId, threadId }],
      ['POST', '/api/execute', { instruction: 'Add a new page called "Intruder"', clientId, userId, threadId }],
    ] as const) {
      for (const headers of [{}, { cookie }, { 'x-workspace-key': 'guessed' }, { authorization: `Bearer ${token}` }]) {
        expect(await request(url, path, { method, body, headers }), `${method} ${path}`).toMatchObject({ status: 401 });
      }
    }
    await expect(LiveUpdates.connect(url, `/session/${id}/ws/hmr`, { cookie }, 5_000)).rejects.toMatchObject({
      status: 401,
    });
  }
  await expect(call(`http://127.0.0.1:${[...network.containers.values()][0]}`, '/api/status')).rejects.toMatchObject({
    status: 401,
  });
  expect((await session.log()).map(({ subject }) => subject)).not.toContain('Add a new page called "Intruder"');
});

test("a page of another site cannot use a preview, even with the browser's cookie", async ({
  session,
  sessionPlatform: { url },
}) => {
  const { id, cookie } = session;
  for (const origin of ['http://evil.example', 'http://127.0.0.1:1', 'http://localhost', 'null']) {
    await expect(call(url, `/session/${id}/`, { headers: { cookie, origin } }), origin).toBeRefused(
      403,
      'AUTHORIZATION_ERROR',
    );
    await expect(LiveUpdates.connect(url, `/ws/hmr?session=${id}`, { cookie, origin }), origin).toBeRefused(
      403,
      'AUTHORIZATION_ERROR',
    );
  }
  expect(await request(url, `/session/${id}/`, { headers: { cookie, origin: url } })).toMatchObject({ status: 200 });
});

test('a connection without a complete request is closed', async ({ openAnother }) => {
  const { url, supervisor } = await openAnother({ request: { head: 500, request: 1_000 } });
  const hermes = `http://127.0.0.1:${await supervisor.process('hermes').port()}`;
  for (const silence of await Promise.all([url, hermes].map(fallSilent)))
    expect(silence).toBeLessThan(defaultRequestTimes.head);
});

test("a platform refuses another platform's tokens and keys", async ({
  openAnother,
  sessionPlatform,
  user: { clientId, userId },
  mailbox,
}) => {
  const another = await openAnother();
  for (const [own, other] of [
    [sessionPlatform, another],
    [another, sessionPlatform],
  ] as const) {
    const token = (secret: string): string =>
      signToken(
        { user_id: userId, email: 'ana@example.com', roles: ['admin'], tenant_id: clientId },
        secret,
        60_000,
        realms.sessions,
      );
    expect(
      await request(own.url, `/hermes/api/sessions/client/${clientId}`, { token: token(own.secret) }),
      'its own token',
    ).toMatchObject({ status: 200 });
    await expect(
      call(own.url, `/hermes/api/sessions/client/${clientId}`, { token: token(other.secret) }),
      "the other's token",
    ).toBeRefused(401, 'AUTHENTICATION_ERROR');
    const {
      cluster,
      cloud: { endpoint, region },
    } = own;
    const stranger = new ECSClient({ endpoint, region, credentials: other.cloud.credentials, maxAttempts: 1 });
    await expect(stranger.send(new DescribeClustersCommand({ clusters: [cluster] }))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    stranger.destroy();
    const mixed = { ...own.smtp, auth: other.smtp.auth, address: `${clientId}@${own.domain}` };
    await expect(new Mailbox(mailbox.address, mixed).send('Add a new page called "Intruder"')).rejects.toMatchObject({
      responseCode: 535,
    });
  }
});

test('a signed token with arbitrary claims breaks neither Hermes nor the router', async ({
  session,
  sessionPlatform: { url, secret },
}) => {
  const {
    user: { clientId, userId },
  } = session;
  const good = { user_id: userId, email: 'ana@example.com', roles: ['admin'], tenant_id: clientId };
  const odd = fc.oneof(
    fc.constantFrom(undefined, null, '', '\0', '\ud800', 'x'.repeat(3_000), [], [null], ['admin', 7], [['admin']], {
      admin: true,
    }),
    fc.double(),
    fc.string(),
    fc.array(fc.anything(), { maxLength: 3 }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.constantFrom('user_id', 'email', 'roles', 'tenant_id'), odd, { minKeys: 1 }),
      async (claims) => {
        const token = createSigner({
          key: secret,
          algorithm: 'HS256',
          iss: realms.sessions.issuer,
          aud: realms.sessions.audience,
          expiresIn: 60_000,
        })({ ...good, ...claims });
        for (const [method, path] of [
          ['GET', `/hermes/api/sessions/${session.id}/status`],
          ['GET', '/api/status'],
          ['PUT', `/hermes/api/clients/${clientId}`],
        ] as const) {
          const { status } = await request(url, path, {
            method,
            token,
            headers: { 'x-session-id': session.id },
            ...(method === 'PUT' ? { body: { idleMs: 300_000 } } : {}),
          });
          expect([200, 204, 401, 403, 431], `${method} ${path} with ${JSON.stringify(claims)}`).toContain(status);
        }
      },
    ),
    { numRuns: 30, seed: test.info().repeatEachIndex + 1 },
  );
});

/** Requests of a stranger to a port. Each resolves with the answer, empty when the connection closes without one. */
const strangersRequests = [
  'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\nConnection: close\r\n\r\n',
  'GET /?query=SELECT%201 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n',
  'GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n',
  'GET /api/status HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n',
  'POST /api/init HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n' +
    'Content-Length: 2\r\nConnection: close\r\n\r\n{}',
  'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 8\r\nConnection: close\r\n\r\nSELECT 1',
  'EHLO stranger\r\nMAIL FROM:<ana@example.com>\r\nQUIT\r\n',
].map((words) => async (port: number): Promise<string> => {
  const socket = connect({ port, host: '127.0.0.1' });
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part)).on('error', () => undefined);
  socket.write(words);
  // A waiting server sends nothing.
  await Promise.race([once(socket, 'close').catch(() => undefined), delay(20_000, undefined, { ref: false })]);
  socket.destroy();
  return Buffer.concat(parts).toString();
});

/** Whether an answer is a refusal, or only a health status. */
function isHarmless(answer: string): boolean {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
  if (/access-control-allow-origin/i.test(head)) return false;
  if (status === undefined)
    return answer === '' || answer.startsWith('E') || (/^(220|421) /.test(answer) && !/^250 Accepted/m.test(answer));
  return (
    ['400', '401', '403', '404', '405', '431'].includes(status) ||
    (status === '200' && /\{"status":"(healthy|ok)"\}/.test(body))
  );
}
