import { randomUUID } from 'node:crypto';
import swagger from '@fastify/swagger';
import fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify';
import { Type } from 'typebox';

export const authorization = 'Bearer sesame';

/** An answer that breaks the document; undefined to answer as documented. */
export type Defect = (request: FastifyRequest) => { status: number; answer: unknown } | undefined;

const Failure = Type.Object({ message: Type.String() });
const Id = Type.Object({ id: Type.String({ format: 'uuid' }) });
const NewOrder = Type.Object(
  {
    customer: Type.String({ minLength: 3, maxLength: 20 }),
    kind: Type.Union([Type.Literal('gift'), Type.Literal('bulk')]),
    lines: Type.Array(
      Type.Object({
        sku: Type.String({ pattern: '^[A-Z]{3}-\\d{1,4}$' }),
        amount: Type.Integer({ minimum: 1, maximum: 99 }),
      }),
      { minItems: 1, maxItems: 5 },
    ),
    tags: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { uniqueItems: true })),
    due: Type.Optional(Type.Union([Type.String({ format: 'date-time' }), Type.Null()])),
  },
  { additionalProperties: false },
);
const Order = Type.Object({ id: Type.String({ format: 'uuid' }), ...NewOrder.properties }, { $id: 'Order' });
const Page = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  kind: Type.Optional(Type.Array(NewOrder.properties.kind)),
});
const security = [{ bearer: [] }];

/** A small documented server that validates its requests, and answers as documented except for the defect. */
export async function openShop(defect: Defect = () => undefined): Promise<FastifyInstance> {
  const app = fastify();
  const orders = new Map<string, object>();
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Shop', version: '1' },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    },
    refResolver: { buildLocalReference: ({ $id }) => $id as string },
  });
  app.addSchema(Order);
  app.setSerializerCompiler(() => JSON.stringify); // the default one drops undocumented properties
  app.setErrorHandler<FastifyError>(({ statusCode = 500, message }, _request, reply) =>
    reply.code(statusCode).send({ message }),
  );
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.schema?.security && request.headers.authorization !== authorization)
      await reply.code(401).send({ message: 'Who is it?' });
  });
  app.addHook('preHandler', async (request, reply) => {
    const instead = defect(request);
    if (instead !== undefined) await reply.code(instead.status).send(instead.answer);
  });

  app.post(
    '/orders',
    {
      schema: {
        operationId: 'createOrder',
        security,
        body: NewOrder,
        response: { 201: Type.Ref('Order'), '4xx': Failure },
      },
    },
    (request, reply) => {
      const order = { id: randomUUID(), ...(request.body as object) };
      orders.set(order.id, order);
      return reply.code(201).send(order);
    },
  );
  app.get(
    '/orders',
    {
      schema: {
        operationId: 'listOrders',
        querystring: Page,
        response: { 200: Type.Array(Type.Ref('Order')), '4xx': Failure },
      },
    },
    (request) => {
      return [...orders.values()].slice(0, (request.query as { limit?: number }).limit ?? 10);
    },
  );
  app.get(
    '/orders/:id',
    { schema: { operationId: 'getOrder', security, params: Id, response: { 200: Type.Ref('Order'), '4xx': Failure } } },
    (request, reply) => {
      return (
        orders.get((request.params as { id: string }).id) ??
        reply.code(404).send({ message: 'There is no such order.' })
      );
    },
  );
  app.delete(
    '/orders/:id',
    { schema: { operationId: 'deleteOrder', security, params: Id, response: { 204: Type.Null(), '4xx': Failure } } },
    (_request, reply) => reply.code(204).send(),
  );
  return app;
}
