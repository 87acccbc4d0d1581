import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { LiveUpdates, request, requestAsWritten } from '../../../clients/index.ts';
import { defaultRequestTimes } from '../../../lib/http-limits.ts';
import { expect, test as base } from '../../../testing/session-parts.ts';
import { realms } from '../../kernel/realms.ts';
import { signToken } from '../../kernel/tokens.ts';
import { defaultSessionTimes, type SessionConfiguration } from '../configuration.ts';
import type { StoredSession } from '../store/session-store.ts';
import { routerOn } from './router-server.ts';

const secret = 'the secret of the tests';
const key = 'the-key-of-the-preview';
const cookie = `preview-key=${key}`;
const token = signToken(
  { user_id: 'ana', email: 'ana@example.com', roles: [], tenant_id: 'acme' },
  secret,
  60_000,
  realms.sessions,
);

interface RouterFixtures {
  /** Answers instead of the workspace of the session `one`; replace its `answer`, and whether it `upgrades`. */
  site: {
    answer: RequestListener;
    upgrades: boolean;
    readonly asked: IncomingHttpHeaders[];
    readonly messages: string[];
  };
  /** A router before this site, with short time limits. */
  router: { readonly url: string; readonly touched: () => number };
}

async function open(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function close(server: Server): void {
  server.close();
  server.closeAllConnections();
}

const test = base.extend<RouterFixtures & { _site: RouterFixtures['site'] & { readonly url: string } }>({
  _site: async ({}, use) => {
    const asked: IncomingHttpHeaders[] = [];
    const messages: string[] = [];
    const unanswered: Duplex[] = [];
    const server = createServer((incoming, response) => {
      asked.push(incoming.headers);
      site.answer(incoming, response);
    });
    const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: true });
    server.on('upgrade', (incoming, socket, head) => {
      if (site.upgrades)
        sockets.handleUpgrade(incoming, socket, head, (accepted) => sockets.emit('connection', accepted));
      else unanswered.push(socket);
    });
    sockets.on('connection', (socket) =>
      socket.on('message', (message: Buffer) => {
        messages.push(message.toString());
        socket.send('read');
      }),
    );
    const site = {
      answer: ((incoming, response) => void response.end(incoming.url)) as RequestListener,
      upgrades: true,
      asked,
      messages,
      url: await open(server),
    };
    await use(site);
    for (const socket of sockets.clients) socket.terminate();
    for (const socket of unanswered) socket.destroy();
    close(server);
  },

  site: async ({ _site }, use) => use(_site),

  router: async ({ _site, routerParts }, use) => {
    let touched = 0;
    const session = { id: 'one', client: 'acme', user: 'ana', key, task: 'task', status: 'active', address: _site.url };
    const configuration = {
      secret,
      workspaceSecret: 'another secret',
      hermes: _site.url,
      times: { ...defaultSessionTimes, request: defaultRequestTimes, answer: 200, upgrade: 200 },
    } as SessionConfiguration;
    const server = routerOn(
      {
        configuration,
        parts: {
          ...routerParts,
          directory: {
            find: (_, id) => Promise.resolve(id === 'one' ? (session as StoredSession) : undefined),
            touch() {
              touched++;
              return Promise.resolve(undefined);
            },
          },
        },
      },
      { query: () => Promise.reject(new Error('There is no database')) },
    );
    await use({ url: await open(server), touched: () => touched });
    close(server);
  },
});

test('a doubled or an encoded slash before the destination is refused', async ({ router: { url } }) => {
  for (const path of [
    '//session/one/',
    '///session/one/',
    '/session//one/',
    '/session%2Fone/',
    '/session%5cone/',
    '/preview//one/',
    '//api/status',
    '/api%2fstatus',
    '//hermes/health',
    '//elsewhere.example/hermes/health',
    '/ws//hmr?session=one',
    '/.//session/one/',
    '/\\session/one/',
    '*',
    'ftp://router/session/one/',
  ])
    expect(await requestAsWritten(url, path, { cookie }), path).toMatchObject({
      status: 400,
      body: expect.stringContaining('VALIDATION_ERROR'),
    });
});

test('an address reaches its session, however it is written', async ({ router: { url } }) => {
  for (const path of [
    '/session/one/a',
    '/preview/one/a',
    '/session/./one/b/../a',
    'http://elsewhere.example/session/one/a',
  ])
    expect(await requestAsWritten(url, path, { cookie }), path).toEqual({ status: 200, body: '/session/one/a' });
  for (const path of ['/session/one//a%2Fb', '/session/one/a?import&session=1&b=~%20'])
    expect(await requestAsWritten(url, path, { cookie }), 'what is for the site').toMatchObject({ body: path });
});

test("a preview's key does not reach its site, and what else an address says does", async ({ router: { url } }) => {
  const address = async (query: string) => (await requestAsWritten(url, `/session/one/a?${query}`, { cookie })).body;
  expect(await address(`b=1&key=${key}&c=2`)).toBe('/session/one/a?b=1&c=2');
  expect(await address('b=%20&c'), 'without a key, as it was written').toBe('/session/one/a?b=%20&c');
});

test("a site's cookies are for the site alone and do not replace the router's", async ({ router: { url }, site }) => {
  site.answer = (_, response) =>
    void response
      .setHeader('set-cookie', ['a=1', 'b=2; Path=/; Domain=127.0.0.1; Max-Age=9', ' preview-key=guessed; Path=/'])
      .end();
  const { headers } = await request(url, '/session/one/', { headers: { cookie } });
  expect(headers.getSetCookie()).toEqual([
    'a=1; Path=/session/one/',
    'b=2; Path=/session/one/; Max-Age=9',
    `${cookie}; Path=/session/one/; HttpOnly; SameSite=Lax`,
  ]);
});

test("a site gets neither its user's token nor the preview's key", async ({ router: { url }, site }) => {
  const own = { authorization: `Bearer ${token}`, cookie: `a=1; ${cookie}; b=2`, 'x-session-id': 'one' };
  for (const path of ['/session/one/', '/api/status']) {
    expect((await request(url, path, { headers: own })).status, path).toBe(200);
    expect(site.asked.at(-1), path).toMatchObject({ cookie: 'a=1; b=2' });
    expect(site.asked.at(-1), path).not.toHaveProperty('authorization');
    expect(JSON.stringify(site.asked.at(-1)), path).not.toContain(key);
  }
  await request(url, '/hermes/health', { headers: own });
  expect(site.asked.at(-1), 'Hermes, which asks for it').toMatchObject({ authorization: `Bearer ${token}` });
});

test('a preview in a frame of another site gets a cookie for that frame', async ({ router: { url } }) => {
  const cookiesOf = async (headers: Record<string, string>): Promise<string[]> =>
    (await request(url, `/session/one/?key=${key}`, { headers })).headers.getSetCookie();
  expect(await cookiesOf({ 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'iframe' })).toEqual([
    `${cookie}; Path=/session/one/; HttpOnly; SameSite=None; Secure; Partitioned`,
  ]);
  for (const [from, to] of [
    ['cross-site', 'document'],
    ['same-site', 'iframe'],
    ['same-origin', 'script'],
  ] as const)
    expect(await cookiesOf({ 'sec-fetch-site': from, 'sec-fetch-dest': to }), `${from} ${to}`).toEqual([
      `${cookie}; Path=/session/one/; HttpOnly; SameSite=Lax`,
    ]);
});

test('an answer that does not come in time is 503, and one that stops is broken off', async ({ router, site }) => {
  site.answer = () => undefined;
  const late = request(router.url, '/session/one/', { headers: { cookie }, timeout: 5_000 });
  const { status, body, headers } = await late;
  expect({ status, body }).toMatchObject({ status: 503, body: { error: { code: 'SERVICE_UNAVAILABLE' } } });
  expect(headers.get('retry-after'), 'seconds until it is worth to try again').toBe('1');
  site.answer = (_, response) => void response.write('half an ans');
  const half = request(router.url, '/session/one/', { headers: { cookie }, timeout: 5_000 });
  await expect(half).rejects.not.toMatchObject({ name: 'TimeoutError' });
});

test("a WebSocket's upgrade that is not answered in time is 503", async ({ router: { url }, site }) => {
  site.upgrades = false;
  await expect(LiveUpdates.connect(url, '/session/one/ws/hmr', { cookie }, 5_000)).rejects.toMatchObject({
    status: 503,
    code: 'SERVICE_UNAVAILABLE',
  });
});

test('messages of a page are use of its session, and its pings and its opening are not', async ({ router, site }) => {
  const socket = new WebSocket(`${router.url.replace('http', 'ws')}/session/one/ws/hmr`, 'vite-hmr', {
    headers: { cookie },
  });
  await once(socket, 'open');
  const say = async (message: string): Promise<void> => {
    socket.send(message);
    await once(socket, 'message');
  };
  for (let count = 0; count < 3; count++) await say('{"type":"ping"}');
  socket.ping();
  await once(socket, 'pong');
  expect(router.touched(), 'after its opening and its pings').toBe(0);
  await say('{"type":"custom","event":"click"}');
  expect(router.touched(), 'after a message').toBe(1);
  await say('another one, at once');
  expect(router.touched(), 'after a message within the same second').toBe(1);
  expect(site.messages).toHaveLength(5);
  socket.terminate();
  await request(router.url, '/session/one/', { headers: { cookie } });
  expect(router.touched(), 'after a request').toBe(2);
});
