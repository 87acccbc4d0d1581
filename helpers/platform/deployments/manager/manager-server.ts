import { Type } from 'typebox';
import type { Context } from '../../kernel/process.ts';
import { type ApiServer, buildApiServer, listen } from '../../kernel/http/api-server.ts';
import { formats } from '../../kernel/http/formats.ts';
import { operation } from '../../kernel/http/operation.ts';
import { openPool } from '../../kernel/store/database.ts';
import type { ManagerConfiguration } from '../manager-configuration.ts';
import type { ManagerContext } from './manager-context.ts';
import { Executor } from './executor.ts';
import { Instances } from './instances.ts';
import type { ManagerParts } from './parts.ts';
import { deploymentRoutes } from './routes/deployment-routes.ts';
import { operationRoutes } from './routes/operations.ts';

/** Connections to the state; further queries wait. */
const connections = 10;
/** Milliseconds that they wait: providers that are launched at once keep all cores busy for a while. */
const patience = 30_000;

/**
 * The provider manager. Before it serves it makes sure that its predecessor is at an end: its writes are refused, its
 * providers are dead, its sockets and folders are swept. Then it goes on with what was under way. Returns its port.
 */
export async function serveManager(
  { configuration, parts }: Context<ManagerParts, ManagerConfiguration>,
  port = 0,
): Promise<number> {
  const context: ManagerContext = {
    configuration,
    parts,
    pool: openPool(configuration.postgres, connections, { connection: patience }),
    tokens: parts.tokens(configuration.secret),
    debug: parts.debugging.to(configuration.debug),
  };
  parts.watchdog.start(configuration.root);
  const generation = await parts.operations.takeOver(context.pool);
  await parts.sweep.processes(configuration);
  parts.sweep.sockets(configuration);
  parts.sweep.workspaces(configuration, await parts.deployments.undestroyed(context.pool), parts.workspace);
  const instances = new Instances(context);
  const executor = new Executor(context, instances, generation);
  const server = await buildApiServer({
    title: 'Deployments',
    bodyBytes: configuration.limits.bodyBytes,
    times: configuration.times.request,
    formats,
    tokens: context.tokens,
  });
  await server.register((routes: ApiServer, _options, done) => {
    healthRoute(routes, context);
    deploymentRoutes(routes, { ...context, instances, executor });
    operationRoutes(routes, { ...context, instances, executor });
    done();
  });
  return listen(server, port);
}

function healthRoute(server: ApiServer, { pool }: ManagerContext): void {
  server.get(
    '/health',
    {
      schema: operation(
        { operationId: 'health', summary: 'Whether the manager and its database work' },
        { 200: Type.Object({ status: Type.Literal('ok') }) },
        [],
        { open: true },
      ),
    },
    async () => {
      await pool.query('SELECT 1');
      return { status: 'ok' as const };
    },
  );
}
