// An ordinary server, which knows nothing of the tests: notes of tenants over HTTP, told to WebSockets of the same
// tenant. Its environment: PORT, DATABASE_URL, JWT_KEY (a secret, or a public key in PEM).
const { createServer } = require('node:http');
const { json } = require('node:stream/consumers');
const { createVerifier } = require('fast-jwt');
const pg = require('pg');
const { WebSocketServer } = require('ws');

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
pool.on('error', ({ message }) => process.stderr.write(`${message}\n`));
const verify = createVerifier({ key: process.env.JWT_KEY });
const sockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered][0] ?? false });

function tenantOf({ headers }) {
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? headers.cookie?.replace('token=', 'Bearer ') ?? '')?.[1];
  try {
    return verify(token ?? '').org;
  } catch {
    return undefined;
  }
}

const routes = {
  'GET /health': () => [200, { ok: true }],
  'GET /pid': () => [200, { pid: process.pid }],
  'GET /page': (org) => [200, `<h1>Notes of ${org ?? 'no tenant'}</h1>`],
  'POST /end': () => process.exit(3),
  async 'GET /notes'(org) {
    const { rows } = await pool.query('SELECT id, text FROM notes WHERE org = $1 ORDER BY id', [org]);
    return [200, rows];
  },
  async 'POST /notes'(org, { text }) {
    const { rows } = await pool.query('INSERT INTO notes (org, text) VALUES ($1, $2) RETURNING id, text', [org, text]);
    for (const socket of sockets.clients)
      if (socket.org === org) socket.send(JSON.stringify({ type: 'note.created', note: rows[0] }));
    return [201, rows[0]];
  },
};
const open = new Set(['GET /health', 'GET /pid', 'GET /page', 'POST /end']);

async function answer(request, response) {
  const name = `${request.method} ${request.url}`;
  const org = tenantOf(request);
  const [status, body] =
    routes[name] === undefined
      ? [404, { error: 'not found' }]
      : org === undefined && !open.has(name)
        ? [401, { error: 'who is it?' }]
        : await routes[name](org, request.method === 'POST' ? await json(request).catch(() => ({})) : {});
  const isText = typeof body === 'string';
  response.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json' });
  response.end(isText ? body : JSON.stringify(body));
}

const server = createServer((request, response) => void answer(request, response));
server.on('upgrade', (request, socket, head) => {
  const org = tenantOf(request);
  if (org === undefined) return socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 11\r\n\r\nwho is it?\n');
  sockets.handleUpgrade(request, socket, head, (client) => {
    client.org = org;
    client.on('message', (data) => client.send(Buffer.concat([Buffer.from('echo '), data]), { binary: false }));
  });
});
server.listen(process.env.PORT, '127.0.0.1', () => process.stdout.write(`listening on ${process.env.PORT}\n`));
