import swagger from '@fastify/swagger';
import fastify from 'fastify';
import { errors } from './errors.js';
import { taskRoutes } from './routes.js';
import { tokens } from './tokens.js';

export const access = {
  /** Whether a request for this route needs no token. */
  isOpen: (route) => route === '/health' || route === '/openapi.json',
};

/** The API: validates requests by the schemas of its routes, and describes itself at `/openapi.json`. */
export async function buildServer() {
  const answerError = (error, request, reply) => {
    const { status, message } = errors.answerOf(error);
    if (status === 500) request.log.error(error);
    return reply.code(status).type('application/json').send({ message });
  };
  const server = fastify({
    logger: { level: 'error' },
    bodyLimit: 100_000,
    forceCloseConnections: true,
    frameworkErrors: answerError,
    ajv: { customOptions: { removeAdditional: false } },
  });
  server.setErrorHandler(answerError);
  server.decorateRequest('tenant', '');
  server.addHook('onRequest', async (request) => {
    if (access.isOpen(request.routeOptions.url)) return;
    const { tenant } = tokens.tenantOf(request.headers.authorization);
    request.tenant = tenant;
  });

  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Task tracker', version: '1' },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    },
  });
  server.get('/openapi.json', { schema: { hide: true } }, () => server.swagger());
  server.get(
    '/health',
    {
      schema: {
        operationId: 'health',
        security: [],
        response: { 200: { type: 'object', properties: { status: { const: 'up' } }, required: ['status'] } },
      },
    },
    () => ({ status: 'up' }),
  );
  taskRoutes(server);
  return server;
}
