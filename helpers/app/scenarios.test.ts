import { fileURLToPath } from 'node:url';
import { expect, imports, test } from '../testing/index.ts';

const scenarios = fileURLToPath(new URL('../../fixtures/scenarios/index.ts', import.meta.url));

/**
 * Notes of tenants, whose token is their id, a UUID. A client asks to be told of them, and is so some time afterwards;
 * at `/open` also one that asks with an empty token. Everything is refused with 400, and what is sent again with 422.
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

test('scenarios wait for subscriptions, try a client without a token, and know the statuses that refuse', async ({
  runInlineTest,
}) => {
  const { tests } = await runInlineTest(
    {
      'server.cjs': server,
      'a.spec.ts': `${imports}
        import { consistency, openapi, socketUpdates, tenantIsolation } from ${JSON.stringify(scenarios)};
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
          socketUpdates({ ...note, path: '/open', thing: 'note for all' });
          consistency({ ...note, thing: 'note without a word of 422' });
        });
      `,
    },
    { args: ['--grep', 'cannot remove|told of its note$|without a valid token|sent again|answered without'] },
  );
  const outcomes = tests.map(({ title, status, errors: [error] }) => [title, status, error?.split('\n')[0]]);
  expect(outcomes).toEqual([
    ["a tenant cannot remove another tenant's note", 'passed', undefined],
    ['every client of a tenant is told of its note', 'passed', undefined],
    ['a client without a valid token is told of no note', 'passed', undefined],
    ['a request that is sent again creates no second note', 'passed', undefined],
    ['no operation is answered without a token', 'passed', undefined],
    [
      'a client without a valid token is told of no note for all',
      'failed',
      'Error: what a client is told by a token that is: missing',
    ],
    [
      'a request that is sent again creates no second note without a word of 422',
      'failed',
      'Error: a request for a note without a word of 422 that was sent again is refused, and was answered with 422: {}',
    ],
  ]);
});
