import { fileURLToPath } from 'node:url';
import { expect, imports, test } from '../testing/index.ts';

const [scenarios, common] = ['index.ts', 'common.ts'].map((name) =>
  fileURLToPath(new URL(`../../fixtures/scenarios/${name}`, import.meta.url)),
);

/**
 * Notes of tenants, whose token is their id, a UUID. A client asks to be told of them, and is so some time afterwards;
 * at `/open` also one that asks with an empty token. Everything is refused with 400, and what is sent again with 422.
 * The list of notes is always empty.
 */
const server = `
  const { randomUUID } = require('node:crypto');
  const { createServer } = require('node:http');
  const { WebSocketServer } = require('ws');
  const notes = new Map();
  const keys = new Set();
  const clients = new Set();
  const isValid = (token) => /^[0-9a-f-]{36}$/.test(token);
  function answerTo(tenant, method, id, key) {
    if (!isValid(tenant)) return [400, {}];
    if (method === 'POST') return keys.has(key) ? [422, {}] : [201, create(tenant, key)];
    if (id === '') return [200, []];
    const note = notes.get(id);
    if (note?.tenant !== tenant) return [400, {}];
    if (method === 'DELETE') notes.delete(id);
    return [200, note];
  }
  function create(tenant, key) {
    if (key !== undefined) keys.add(key);
    const note = { id: randomUUID(), tenant };
    notes.set(note.id, note);
    for (const { socket, token } of clients)
      if (token === tenant || token === '') socket.send(JSON.stringify({ note }));
    return note;
  }
  const server = createServer(({ method, url, headers }, response) => {
    const tenant = (headers.authorization ?? '').replace('Bearer ', '');
    const [status, body] = answerTo(tenant, method, url.slice(1), headers['idempotency-key']);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  new WebSocketServer({ server }).on('connection', (socket, { url }) =>
    socket.on('message', (message) => setTimeout(() => {
      const { token } = JSON.parse(message);
      if (!isValid(token) && (url !== '/open' || token !== '')) return socket.send('"refused"');
      clients.add({ socket, token });
      socket.send('"subscribed"');
    }, 100)));
  server.listen(process.env.PORT, '127.0.0.1');
`;

test('scenarios pass where a platform keeps their promises, and fail with what it breaks', async ({
  runInlineTest,
}) => {
  const { tests } = await runInlineTest(
    {
      'server.cjs': server,
      'a.spec.ts': `${imports}
        import { consistency, loadTargets, openapi, socketUpdates, tenantIsolation } from ${JSON.stringify(scenarios)};
        import { settles } from ${JSON.stringify(common)};
        test.use({ appOptions: {
          services: { api: { command: ['node', 'server.cjs'] } },
          tokens: { signIn: ({ tenant }) => tenant.id },
        } });
        const note = {
          thing: 'note',
          create: (as) => as.post('/'),
          read: (as, { id }) => as.get('/' + id),
          remove: (as, { id }) => as.delete('/' + id),
          message: ({ id }) => ({ note: { id } }),
          first: (token) => [{ token }],
          subscribe: (socket) => socket.waitFor(/subscribed|refused/),
          repeat: (as, key) => as.post('/', undefined, { headers: { 'idempotency-key': key } }),
        };
        tenantIsolation({ ...note, refusals: [400] });
        socketUpdates({ ...note, path: '/' });
        consistency({ ...note, conflicts: [422] });
        const responses = { 400: { description: 'refused' } };
        const document = { openapi: '3.1.0', info: {}, paths: { '/': { get: { operationId: 'read', responses } } } };
        openapi({ document, unauthenticated: [400] });
        test.describe(() => {
          test.fail(); // so that they do not cost another worker
          const reads = {
            refused: async () => ({ status: 400, body: {} }),
            unfinished: async () => ({ status: 200, body: {} }),
            unanswered: () => Promise.reject(new Error('no connection')),
          };
          for (const [how, read] of Object.entries(reads))
            test('what stays ' + how + ' does not settle', () => settles({ read, settled: () => false }, {}, {}, 50));
          socketUpdates({ ...note, path: '/open', thing: 'note for all' });
          const readAgain = (as, { id }) => as.get('/' + id);
          consistency({
            ...note,
            thing: 'careless note',
            concurrent: 3,
            list: (as) => as.get('/'),
            change: readAgain,
            add: { request: readAgain, count: () => 0 },
          });
          loadTargets({ path: '/', requests: 5, clients: 1, p95: 60_000, p99: 0, perSecond: 1e9 });
        });
      `,
    },
    {
      args: [
        '--grep',
        'cannot remove|told of its note$|without a valid token|sent again|answered|careless|does not settle',
      ],
    },
  );
  const outcomes = tests.map(({ title, status, errors }) => [
    title,
    status,
    ...errors.map((error) => error.split('\n')[0]),
  ]);
  expect(outcomes).toEqual([
    ["a tenant cannot remove another tenant's note", 'passed'],
    ['every client of a tenant is told of its note', 'passed'],
    ['a client without a valid token is told of no note', 'passed'],
    ['a request that is sent again creates no second note', 'passed'],
    ['no operation is answered without a token', 'passed'],
    ...['refused', 'unfinished', 'unanswered'].map((how) => [
      `what stays ${how} does not settle`,
      'failed',
      'Error: what was created is there, and settles: {}',
    ]),
    [
      'a client without a valid token is told of no note for all',
      'failed',
      'Error: what a client is told by a token that is: missing',
    ],
    ['concurrent creates make one careless note each', 'failed', 'Error: every new careless note is listed once'],
    [
      'of concurrent changes to one version of a careless note, one is granted',
      'failed',
      'Error: granted changes to one version, of answers 200, 200, 200',
    ],
    ['concurrent additions to a careless note are all kept', 'failed', 'Error: additions that were kept'],
    [
      'a request that is sent again creates no second careless note',
      'failed',
      'Error: a request for a careless note that was sent again is refused, and was answered with 422: {}',
    ],
    [
      '1 clients are answered in time, without an error: GET /',
      'failed',
      'Error: milliseconds of the 99th percentile',
      'Error: requests in a second',
    ],
  ]);
});
