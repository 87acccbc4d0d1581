import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { messageOf } from '../../../lib/environment.ts';
import { authenticate } from '../../kernel/http/authentication.ts';
import { answerError, ApiError } from '../../kernel/http/errors.ts';
import { httpTimes } from '../../../lib/http-limits.ts';
import { formats } from '../../kernel/http/formats.ts';
import { validatorWith } from '../../kernel/http/validation.ts';
import type { SignedClaims } from '../../kernel/tokens.ts';
import { longestBody } from '../configuration.ts';
import type { StoredSession } from '../store/session-store.ts';
import { workspacePath } from '../workspace/index.ts';
import type { HermesContext } from './context.ts';
import { previewUrl } from './preview.ts';
import { Refusal } from './refusal.ts';
import { openSession } from './open-session.ts';

const api = '/hermes/api';
const openApiPath = `${api}/openapi.json`;
const Name = Type.String({ minLength: 1, maxLength: 200, format: 'words' });
const OfSession = { params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 100, format: 'words' }) }) };
const strict = { additionalProperties: false } as const;

/** The API of sessions. Returns its port when it is open. */
export async function serveHermes(context: HermesContext, port = 0): Promise<number> {
  const { secret, limits, times } = context.configuration;
  const { sessionStore, users, queue, access, tokens } = context.parts;
  const { pool } = context;
  const verifier = tokens(secret);
  const server = fastify({
    forceCloseConnections: true,
    bodyLimit: longestBody,
    requestTimeout: times.request.request,
    http: httpTimes(times.request),
    genReqId: () => randomUUID(),
    logger: { level: 'error', base: null },
    frameworkErrors: answerError,
  }).withTypeProvider<TypeBoxTypeProvider>();
  server.setValidatorCompiler(validatorWith(formats));
  server.setErrorHandler((error, request, reply) =>
    answerError(error instanceof Refusal ? new ApiError('RATE_LIMIT_EXCEEDED', error.message) : error, request, reply),
  );
  server.setNotFoundHandler((request) => {
    throw new ApiError('NOT_FOUND', `There is nothing at ${request.method} ${request.url}`);
  });

  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Sessions', version: '1' },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
      security: [{ token: [] }],
    },
  });
  server.get(openApiPath, { schema: { hide: true } }, () => server.swagger());

  server.get('/hermes/health', { schema: { security: [] } }, () => ({
    status: 'healthy',
    timestamp: new Date().toISOString(),
  }));

  server.post(
    `${api}/sessions/activate`,
    {
      schema: {
        body: Type.Object(
          { clientId: Name, userId: Name, instruction: Type.Optional(Type.String({ minLength: 1, format: 'text' })) },
          strict,
        ),
      },
    },
    async (request, reply) => {
      const { clientId, userId, instruction } = request.body;
      if (!access.mayUse(claimsOf(request), { client: clientId, user: userId }))
        throw new ApiError('AUTHORIZATION_ERROR', 'A session is opened by its user');
      checkNames(clientId, userId);
      const length = Buffer.byteLength(instruction ?? '');
      if (length > limits.instruction)
        throw new ApiError(
          'PAYLOAD_TOO_LARGE',
          `An instruction has at most ${limits.instruction} bytes, and this one has ${length}`,
        );
      const session = await openSession(context, { clientId, userId });
      if (instruction !== undefined)
        await queue.send(pool, randomUUID(), {
          clientId,
          userId,
          threadId: session.thread,
          text: instruction,
          sessionId: session.id,
          mail: undefined,
        });
      return reply.status(201).send({
        sessionId: session.id,
        previewUrl: await previewUrl(pool, session),
        status: session.status,
        threadId: session.thread,
      });
    },
  );

  server.get(`${api}/sessions/:id/status`, { schema: OfSession }, async (request) => {
    const session = await ownSession(request);
    return {
      status: session.status,
      reason: session.reason,
      containerIp: session.address === null ? null : new URL(session.address).hostname,
      lastActivity: session.last_activity.toISOString(),
      previewUrl: await previewUrl(pool, session),
      threadId: session.thread,
    };
  });

  server.post(`${api}/sessions/:id/keepalive`, { schema: OfSession }, async (request) => {
    const { id, client } = await ownSession(request);
    const [session, idle] = await Promise.all([sessionStore.touch(pool, id), idleOf(client)]);
    if (session?.status !== 'active')
      throw new ApiError('CONFLICT', `The session is ${session?.status ?? 'gone'}: only an active one is kept alive`);
    return { ttl: Math.floor((session.last_activity.getTime() + idle) / 1000), status: session.status };
  });

  server.post(`${api}/sessions/:id/deactivate`, { schema: OfSession }, async (request) => {
    const { id } = await ownSession(request);
    if (!(await sessionStore.drain(pool, id, 'deactivated')))
      throw new ApiError('CONFLICT', 'The session has ended already');
    return { status: 'draining', message: 'The session ends; its workspace is kept' };
  });

  server.get(
    `${api}/sessions/client/:client`,
    { schema: { params: Type.Object({ client: Name }) } },
    async (request) => {
      const { client } = request.params;
      const claims = claimsOf(request);
      if (claims.tenant_id !== client) throw new ApiError('AUTHORIZATION_ERROR', 'A client sees its own sessions only');
      const sessions = (await sessionStore.ofClient(pool, client)).filter((session) => access.mayUse(claims, session));
      return {
        sessions: sessions.map(({ id, user, status, last_activity: last }) => ({
          sessionId: id,
          userId: user,
          status,
          lastActivity: last.toISOString(),
        })),
      };
    },
  );

  server.put(
    `${api}/clients/:client`,
    {
      schema: {
        params: Type.Object({ client: Name }),
        body: Type.Object({ idleMs: Type.Integer({ minimum: 1_000, maximum: 86_400_000 }) }, strict),
      },
    },
    async (request, reply) => {
      const { client } = request.params;
      if (!access.mayManage(claimsOf(request), client))
        throw new ApiError('AUTHORIZATION_ERROR', 'Only an administrator of the client may change it');
      await pool.query(
        'INSERT INTO clients (id, idle_ms) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET idle_ms = $2',
        [client, request.body.idleMs],
      );
      return reply.status(204).send();
    },
  );

  server.put(
    `${api}/users`,
    {
      schema: {
        body: Type.Object(
          { email: Type.String({ minLength: 3, maxLength: 254, format: 'words' }), clientId: Name, userId: Name },
          strict,
        ),
      },
    },
    async (request, reply) => {
      const { email, clientId, userId } = request.body;
      if (!access.mayManage(claimsOf(request), clientId))
        throw new ApiError('AUTHORIZATION_ERROR', 'Only an administrator of the client may add a user');
      checkNames(clientId, userId);
      if (!(await users.put(pool, email, { clientId, userId })))
        throw new ApiError('CONFLICT', 'The address belongs to another client');
      return reply.status(204).send();
    },
  );

  await server.listen({ host: '127.0.0.1', port });
  return (server.server.address() as AddressInfo).port;

  function claimsOf(request: FastifyRequest): SignedClaims {
    return authenticate(request, verifier);
  }

  /** Milliseconds for which a session of this client may be idle. */
  async function idleOf(client: string): Promise<number> {
    const { rows } = await pool.query<{ idle_ms: string }>('SELECT idle_ms FROM clients WHERE id = $1', [client]);
    const [own] = rows;
    return own === undefined ? times.idle : Number(own.idle_ms);
  }

  /** @throws ApiError when there is no such session, or it belongs to another user. */
  async function ownSession(request: FastifyRequest<{ Params: { id: string } }>): Promise<StoredSession> {
    const claims = claimsOf(request);
    const session = await sessionStore.find(pool, request.params.id);
    if (session === undefined) throw new ApiError('NOT_FOUND', `There is no session ${request.params.id}`);
    if (!access.mayUse(claims, session))
      throw new ApiError('AUTHORIZATION_ERROR', 'The session belongs to another user');
    return session;
  }
}

/** @throws ApiError when they cannot name a workspace, which would never open. */
function checkNames(clientId: string, userId: string): void {
  try {
    workspacePath(clientId, userId);
  } catch (error) {
    throw new ApiError('VALIDATION_ERROR', messageOf(error));
  }
}
