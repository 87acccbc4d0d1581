import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { finished } from 'node:stream';
import { ApiError, type ErrorBody, errorStatus, toApiError } from '../../kernel/http/errors.ts';
import { httpTimes } from '../../../lib/http-limits.ts';
import { messageOf } from '../../../lib/environment.ts';
import type { Context } from '../../kernel/process.ts';
import { openPool, type Queryable } from '../../kernel/store/database.ts';
import type { SessionConfiguration } from '../configuration.ts';
import { keyHeader } from '../workspace/key.ts';
import type { RouterParts } from './parts.ts';
import { type Forwarding, Routes } from './routes.ts';
import { noteUse } from './web-socket-use.ts';

const connections = 5;
/** Milliseconds for which an idle connection is kept: longer than clients keep it. */
const keepAliveTimeout = 75_000;
/** The platform's public server: by path to Hermes or to a workspace, and there by session. Returns its port. */
export async function serveRouter(context: Context<RouterParts, SessionConfiguration>, port = 0): Promise<number> {
  const pool = openPool(context.configuration.postgres, connections);
  const open = await listen(routerOn(context, pool), port);
  await pool.query(
    `INSERT INTO addresses (name, url) VALUES ('router', $1) ON CONFLICT (name) DO UPDATE SET url = excluded.url`,
    [`http://127.0.0.1:${open}`],
  );
  return open;
}

/** The router's server, which does not listen yet. */
export function routerOn(context: Context<RouterParts, SessionConfiguration>, db: Queryable): Server {
  const { parts, configuration } = context;
  const { times } = configuration;
  const routes = new Routes({ ...context, db });
  const server = createServer({ keepAliveTimeout, ...httpTimes(times.request) });
  // Each request gets a new connection, because the other end may close a kept one just when it is reused.
  const proxy = parts.proxy({ xfwd: true, agent: false, proxyTimeout: times.answer });
  // The process behind the router is unreachable, has gone while it answered, or takes too long.
  proxy.on('error', (error, request, response) => {
    const failure = new ApiError(
      'SERVICE_UNAVAILABLE',
      `What is behind this address does not answer now (${messageOf(error)}); try again`,
    );
    if (response instanceof ServerResponse) answerError(response, failure, request!);
    else refuseUpgrade(response as Socket, failure);
  });
  const found = new WeakMap<IncomingMessage, Forwarding>();
  proxy.on('proxyRes', ({ headers }, request) => {
    // These belong to the other connection (RFC 9110, section 7.6.1).
    for (const name of ['connection', 'keep-alive']) delete headers[name];
    const cookies = found.get(request)?.cookiesWith(headers['set-cookie'] ?? []) ?? [];
    if (cookies.length > 0) headers['set-cookie'] = [...cookies];
  });
  server.on('request', (request, response) => {
    void routes
      .find(request)
      .then(async (destination) => {
        if ('answer' in destination) return sendJson(response, 200, destination.answer);
        await destination.touch();
        for (const [name, value] of Object.entries(destination.headers)) response.setHeader(name, value);
        sendOn(request, destination);
        found.set(request, destination);
        await proxy.web(request, response, { target: destination.target });
      })
      .catch((error: unknown) => answerError(response, error, request));
  });
  server.on('upgrade', (request, socket: Socket, head) => {
    socket.on('error', () => socket.destroy());
    endUnanswered(socket, times.upgrade);
    void routes
      .find(request)
      .then(async (destination) => {
        if ('answer' in destination) throw new ApiError('NOT_FOUND', 'There is no WebSocket here');
        sendOn(request, destination);
        delete request.headers['sec-websocket-extensions']; // compressed messages could not be looked at
        noteUse(socket, parts.use, destination.touch);
        await proxy.ws(request, socket, { target: destination.target }, head);
      })
      .catch((error: unknown) => refuseUpgrade(socket, error));
  });
  return server;
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Prepares a request for forwarding; a key from outside is removed. */
function sendOn(request: IncomingMessage, { path, key, headersFrom }: Forwarding): void {
  request.url = path;
  request.headers = headersFrom(request.headers);
  if (key === undefined) delete request.headers[keyHeader];
  else request.headers[keyHeader] = key;
}

/** Answers a client whose upgrade was not answered in time. */
function endUnanswered(socket: Socket, patience: number): void {
  const deadline = setTimeout(() => {
    if (socket.bytesWritten === 0)
      refuseUpgrade(
        socket,
        new ApiError('SERVICE_UNAVAILABLE', 'What is behind this address has not answered in time; try again'),
      );
  }, patience);
  socket.once('close', () => clearTimeout(deadline));
}

function errorBody(error: unknown): { status: number; body: ErrorBody } {
  const { code, message, details } = toApiError(error);
  return {
    status: errorStatus[code],
    body: { error: { code, message, details, trace_id: randomUUID(), timestamp: new Date().toISOString() } },
  };
}

function answerError(response: ServerResponse, error: unknown, request: IncomingMessage): void {
  const { status, body } = errorBody(error);
  if (status === 500) process.stderr.write(`${request.method} ${request.url}: ${String(error)}\n`);
  if (response.headersSent) return void response.destroy();
  if (status === 503) response.setHeader('retry-after', '1');
  // The request is read to its end, because otherwise the connection breaks and the answer is lost.
  finished(request.resume(), () => sendJson(response, status, body));
}

function refuseUpgrade(socket: Socket, error: unknown): void {
  const { status, body } = errorBody(error);
  if (socket.bytesWritten > 0) socket.destroy(); // already upgraded, no longer HTTP
  else if (socket.writable)
    socket.end(
      `HTTP/1.1 ${status} Refused\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n${JSON.stringify(body)}`,
    );
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
