import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { Options } from 'ajv';
import fastify, { type FastifyBaseLogger, type FastifyInstance, type RawServerDefault } from 'fastify';
import { httpTimes, type RequestTimes } from '../../../lib/http-limits.ts';
import type { TokenVerifier } from '../token-verifier.ts';
import type { SignedClaims } from '../tokens.ts';
import { authenticate } from './authentication.ts';
import { answerError, ApiError } from './errors.ts';
import { validatorWith } from './validation.ts';

export type ApiServer = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

declare module 'fastify' {
  interface FastifyRequest {
    /** The claims of the requesting user; set on every route that needs a token. */
    claims: SignedClaims;
  }
}

export interface ApiServerOptions {
  /** The title of its OpenAPI document. */
  readonly title: string;
  readonly bodyBytes: number;
  readonly times: RequestTimes;
  /** The formats of its schemas. */
  readonly formats: NonNullable<Options['formats']>;
  readonly tokens: TokenVerifier;
}

const openApiPath = '/api/v1/openapi.json';

/**
 * A server whose requests are validated by their routes' schemas, whose errors have the documented body, and whose
 * OpenAPI document is at `/api/v1/openapi.json`. Routes are added by a plugin, with schemas of `operation.ts`.
 */
export async function buildApiServer({
  title,
  bodyBytes,
  times,
  formats,
  tokens,
}: ApiServerOptions): Promise<ApiServer> {
  const server: ApiServer = fastify({
    bodyLimit: bodyBytes,
    requestTimeout: times.request,
    http: httpTimes(times),
    genReqId: () => randomUUID(),
    logger: { level: 'error', base: null },
    forceCloseConnections: true,
    frameworkErrors: answerError,
    serializerOpts: { ajv: { formats } },
  }).withTypeProvider<TypeBoxTypeProvider>();
  server.setValidatorCompiler(validatorWith(formats));
  server.setErrorHandler(answerError);
  server.setNotFoundHandler((request) => {
    throw new ApiError('NOT_FOUND', `There is nothing at ${request.method} ${request.url}`);
  });
  server.addHook('onRequest', (request, _reply, done) => {
    if (request.routeOptions.schema?.security?.length) request.claims = authenticate(request, tokens);
    done();
  });
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title, version: '1' },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    },
  });
  server.get(openApiPath, { schema: { hide: true } }, () => server.swagger());
  return server;
}

/** Opens a server on this machine's loopback address. Returns its port. */
export async function listen(server: ApiServer, port: number): Promise<number> {
  await server.listen({ host: '127.0.0.1', port });
  return (server.server.address() as AddressInfo).port;
}
