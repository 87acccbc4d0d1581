import { createClient } from '@clickhouse/client';
import { openPool } from '../../kernel/store/database.ts';
import type { Context } from '../../kernel/process.ts';
import type { PlatformConfiguration } from '../configuration.ts';
import { type ApiServer, buildApiServer, listen } from '../../kernel/http/api-server.ts';
import type { GatewayContext } from './context.ts';
import { experimentRoutes } from './routes/experiments.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { healthRoute, pipelineRoutes, tenantRoutes } from './routes/others.ts';
import { serveUpdates } from './updates.ts';
import type { GatewayParts } from './parts.ts';
import { experimentFormats as formats } from '../http/formats.ts';

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
  return listen(gateway, port);
}

async function buildGateway(context: GatewayContext): Promise<ApiServer> {
  const { limits, times } = context.configuration;
  const { bodyBytes } = limits;
  const gateway = await buildApiServer({
    title: 'Experiment platform',
    bodyBytes,
    times: times.request,
    formats,
    tokens: context.tokens,
  });
  await gateway.register(async (routes: ApiServer) => {
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
