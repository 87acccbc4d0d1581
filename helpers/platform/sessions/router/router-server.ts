import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { finished } from 'node:stream';
import { createProxyServer, type ProxyServer } from 'httpxy';
import { ApiError, type ErrorBody, errorStatus, toApiError } from '../../kernel/http/errors.ts';
import { httpTimes } from '../../../lib/http-limits.ts';
import { messageOf } from '../../../lib/environment.ts';
import type { Context } from '../../kernel/process.ts';
import { openPool } from '../../kernel/store/database.ts';
import type { SessionConfiguration } from '../configuration.ts';
import { keyHeader } from '../workspace/key.ts';
import type { RouterParts } from './parts.ts';
import { type Destination, Routes } from './routes.ts';

const connections = 5;
/** Milliseconds for which an idle connection is kept: longer than clients keep it. */
const keepAliveTimeout = 75_000;
/** Milliseconds between two records of use while a session's WebSocket is active. */
const pause = 1_000;
/** Opcode of a WebSocket's last frame (RFC 6455, section 5.2). */
const closing = 0x8;

/** The platform's public server: by path to Hermes or to a workspace, and there by session. Returns its port. */
export async function serveRouter(context: Context<RouterParts, SessionConfiguration>, port = 0): Promise<number> {
  const { configuration } = context;
  const pool = openPool(configuration.postgres, connections);
  const routes = new Routes({ ...context, pool });
  const server = createServer({ keepAliveTimeout, ...httpTimes(configuration.times.request) });
  forward(server, routes, configuration.times);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: open } = server.address() as AddressInfo;
  await pool.query(
    `INSERT INTO addresses (name, url) VALUES ('router', $1) ON CONFLICT (name) DO UPDATE SET url = excluded.url`,
    [`http://127.0.0.1:${open}`],
  );
  return open;
}

function forward(server: Server, routes: Routes, times: SessionConfiguration['times']): void {
  // Each request gets a new connection, because the other end may close a kept one just when it is reused.
  const proxy: ProxyServer = createProxyServer({ xfwd: true, agent: false });
  // The process behind the router is unreachable or has gone while it answered.
  proxy.on('error', (error, request, response) => {
    const failure = new ApiError(
      'SERVICE_UNAVAILABLE',
      `What is behind this address does not answer now (${messageOf(error)}); try again`,
    );
    if (response instanceof ServerResponse) answerError(response, failure, request!);
    else refuseUpgrade(response as Socket, failure);
  });
  proxy.on('proxyRes', ({ headers }) => {
    // These belong to the other connection (RFC 9110, section 7.6.1).
    for (const name of ['connection', 'keep-alive']) delete headers[name];
  });
  server.on('request', (request, response) => {
    void routes
      .find(request)
      .then(async (destination) => {
        if ('answer' in destination) return sendJson(response, 200, destination.answer);
        for (const [name, value] of Object.entries(destination.headers)) response.setHeader(name, value);
        sendOn(request, destination);
        await proxy.web(request, response, { target: destination.target });
      })
      .catch((error: unknown) => answerError(response, error, request));
  });
  server.on('upgrade', (request, socket: Socket, head) => {
    socket.on('error', () => socket.destroy());
    endUnanswered(socket, times.upgrade);
    void routes
      .find(request)
      .then(async (destination: Destination) => {
        if ('answer' in destination) throw new ApiError('NOT_FOUND', 'There is no WebSocket here');
        sendOn(request, destination);
        noteUse(socket, destination.touch);
        await proxy.ws(request, socket, { target: destination.target }, head);
      })
      .catch((error: unknown) => refuseUpgrade(socket, error));
  });
}

/** Prepares a request for forwarding; a key from outside is removed. */
function sendOn(request: IncomingMessage, { path, key }: Exclude<Destination, { answer: object }>): void {
  request.url = path;
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

/** Traffic on a WebSocket counts as use of the session, except for the closing frame. */
function noteUse(socket: Socket, touch: () => Promise<unknown>): void {
  let last = Date.now();
  socket.on('data', (frame: Buffer) => {
    if ((frame[0]! & 0x0f) === closing || Date.now() - last < pause) return;
    last = Date.now();
    touch().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
  });
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
