import { Type } from 'typebox';
import { ApiError } from '../../../kernel/http/errors.ts';
import type { ApiServer } from '../../../kernel/http/api-server.ts';
import { operation } from '../../../kernel/http/operation.ts';
import { Apply, Id, Import, Operation, OperationNumber, Operations, Plan, PlanId } from '../../contract.ts';
import { toAnswer } from '../failure.ts';
import { presentOperation, presentPlan } from '../presentation.ts';
import { findOwn, isBeingDestroyed, type RouteContext } from './own.ts';

const base = '/api/v1/deployments/:id';

/** What is done with deployments. */
export function operationRoutes(server: ApiServer, context: RouteContext): void {
  const { pool, parts, executor } = context;

  server.post(
    `${base}/plan`,
    {
      schema: operation(
        {
          operationId: 'planDeployment',
          summary: 'Make a plan that can be applied later, and wait for it',
          params: Id,
        },
        { 201: Plan },
        [403, 404, 409, 413, 415, 502],
      ),
    },
    async (request, reply) => {
      const deployment = await findOwn(context, request, request.params.id);
      const ended = await executor.run(deployment, { kind: 'plan', status: undefined });
      if (ended === undefined) throw isBeingDestroyed(deployment);
      if (ended.error !== null) throw toAnswer(ended.error);
      return reply.status(201).send(presentPlan((await parts.plans.find(pool, deployment.id, ended.plan!))!));
    },
  );

  server.get(
    `${base}/plans/:plan`,
    { schema: operation({ operationId: 'getPlan', summary: 'Get a plan', params: PlanId }, { 200: Plan }, [403, 404]) },
    async (request) => {
      const deployment = await findOwn(context, request, request.params.id);
      const plan = await parts.plans.find(pool, deployment.id, request.params.plan);
      if (plan === undefined) throw new ApiError('NOT_FOUND', `The deployment has no plan ${request.params.plan}`);
      return presentPlan(plan);
    },
  );

  server.post(
    `${base}/apply`,
    {
      schema: operation(
        {
          operationId: 'applyDeployment',
          summary: 'Turn what exists into what is wanted',
          description: 'It begins when the earlier operations of the deployment have ended.',
          params: Id,
          body: Apply,
        },
        { 202: Operation },
        [403, 404, 409],
      ),
    },
    async (request, reply) => {
      const deployment = await findOwn(context, request, request.params.id);
      const { plan: id } = request.body;
      if (id !== undefined) {
        const plan = await parts.plans.find(pool, deployment.id, id);
        if (plan === undefined) throw new ApiError('NOT_FOUND', `The deployment has no plan ${id}`);
        if (!parts.plans.isCurrent(plan, deployment))
          throw new ApiError('CONFLICT', 'The deployment has changed since the plan was made: make another one');
      }
      const added = await executor.add(deployment, { kind: 'apply', plan: id, status: 'applying' });
      if (added === undefined) throw isBeingDestroyed(deployment);
      return reply.status(202).send(presentOperation(added));
    },
  );

  server.post(
    `${base}/import`,
    {
      schema: operation(
        {
          operationId: 'importResource',
          summary: 'Take over a resource that exists already',
          description: 'It begins when the earlier operations of the deployment have ended.',
          params: Id,
          body: Import,
        },
        { 202: Operation },
        [403, 404, 409],
      ),
    },
    async (request, reply) => {
      const deployment = await findOwn(context, request, request.params.id);
      const added = await executor.add(deployment, { kind: 'import', import: request.body, status: undefined });
      if (added === undefined) throw isBeingDestroyed(deployment);
      return reply.status(202).send(presentOperation(added));
    },
  );

  server.post(
    `${base}/cancel`,
    {
      schema: operation(
        {
          operationId: 'cancelOperation',
          summary: 'Interrupt the operation that is under way',
          description:
            'Its provider is asked to stop, and no further step is begun. Later operations are not affected.',
          params: Id,
        },
        { 202: Type.Object({ cancelled: Type.Boolean() }) },
        [403, 404, 409, 413, 415],
      ),
    },
    async (request, reply) => {
      const deployment = await findOwn(context, request, request.params.id);
      if (!(await executor.cancel(deployment)))
        throw new ApiError('CONFLICT', 'No operation of the deployment is under way');
      return reply.status(202).send({ cancelled: true });
    },
  );

  server.get(
    `${base}/operations`,
    {
      schema: operation(
        { operationId: 'listOperations', summary: 'List the operations of a deployment', params: Id },
        { 200: Operations },
        [403, 404],
      ),
    },
    async (request) => {
      const { id } = await findOwn(context, request, request.params.id);
      return { operations: (await parts.operations.list(pool, id)).map(presentOperation) };
    },
  );

  server.get(
    `${base}/operations/:number`,
    {
      schema: operation(
        { operationId: 'getOperation', summary: 'Get an operation', params: OperationNumber },
        { 200: Operation },
        [403, 404],
      ),
    },
    async (request) => {
      const { id } = await findOwn(context, request, request.params.id);
      const { number } = request.params;
      const found = await parts.operations.find(pool, id, number);
      if (found === undefined) throw new ApiError('NOT_FOUND', `The deployment has no operation ${number}`);
      return presentOperation(found);
    },
  );
}
