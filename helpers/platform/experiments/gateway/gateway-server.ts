import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { createClient } from '@clickhouse/client';
import fastify from 'fastify';
import { openPool } from '../../kernel/store/database.ts';
import type { Context } from '../../kernel/process.ts';
import type { PlatformConfiguration } from '../configuration.ts';
import { authenticate } from '../../kernel/http/authentication.ts';
import type { Gateway, GatewayContext } from './context.ts';
import { answerError, ApiError } from '../../kernel/http/errors.ts';
import { experimentRoutes } from './routes/experiments.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { healthRoute, pipelineRoutes, tenantRoutes } from './routes/others.ts';
import { serveUpdates } from './updates.ts';
import type { GatewayParts } from './parts.ts';
import { experimentFormats as formats } from '../http/formats.ts';
import { httpTimes } from '../../../lib/http-limits.ts';
import { validatorCompiler } from '../http/validation.ts';

const openApiPath = '/api/v1/openapi.json';
/** Connections to the state; further queries wait. */
const connections = 10;
const impatientConnections = 5;

/** The platform's public server for HTTP and WebSocket. Returns its port when it is open. */
export async function serveGateway(context: Context<GatewayParts, PlatformConfiguration>, port = 0): Promise<number> {
  const { configuration, parts } = context;
  const gateway = await buildGateway({
    ...context,
    pool: openPool(configuration.postgres, connections),
    impatient: openPool(configuration.postgres, impatientConnections, { lock: configuration.times.lock }),
    metrics: createClient({ url: configuration.clickhouse, request_timeout: 10_000, log: { level: 127 } }),
    tokens: parts.tokens(configuration.secret),
  });
  await gateway.listen({ host: '127.0.0.1', port });
  return (gateway.server.address() as AddressInfo).port;
}

async function buildGateway(context: GatewayContext): Promise<Gateway> {
  const { limits, times } = context.configuration;
  const gateway: Gateway = fastify({
    bodyLimit: limits.bodyBytes,
    requestTimeout: times.request.request,
    http: httpTimes(times.request),
    genReqId: () => randomUUID(),
    logger: { level: 'error', base: null },
    forceCloseConnections: true,
    frameworkErrors: answerError,
    serializerOpts: { ajv: { formats } },
  }).withTypeProvider<TypeBoxTypeProvider>();
  gateway.setValidatorCompiler(validatorCompiler);
  gateway.setErrorHandler(answerError);
  gateway.setNotFoundHandler((request) => {
    throw new ApiError('NOT_FOUND', `There is nothing at ${request.method} ${request.url}`);
  });
  gateway.addHook('onRequest', (request, _reply, done) => {
    if (request.routeOptions.schema?.security?.length) request.claims = authenticate(request, context.tokens);
    done();
  });
  await gateway.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Experiment platform', version: '1' },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    },
  });
  gateway.get(openApiPath, { schema: { hide: true } }, () => gateway.swagger());
  await gateway.register(async (routes: Gateway) => {
    healthRoute(routes, context);
    await tenantRoutes(routes, context);
    pipelineRoutes(routes);
    experimentRoutes(routes, context);
    metricsRoutes(routes, context);
  });
  await serveUpdates(gateway.server, context);
  await gateway.ready();
  return gateway;
}
