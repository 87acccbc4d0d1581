import { ApiError } from '../../../kernel/http/errors.ts';
import type { ApiServer } from '../../../kernel/http/api-server.ts';
import { operation } from '../../../kernel/http/operation.ts';
import {
  ChangeDeployment,
  CreateDeployment,
  Deployment,
  DeploymentList,
  Id,
  ListQuery,
  Logs,
  Operation,
  ProviderDescription,
} from '../../contract.ts';
import type { StoredDeployment } from '../../store/deployment-store.ts';
import { toAnswer, toOperationError } from '../failure.ts';
import { checkResources } from '../order.ts';
import { presentDeployments, presentOperation, presentSchema } from '../presentation.ts';
import { findOwn, isBeingDestroyed, type RouteContext } from './own.ts';

const base = '/api/v1/deployments';

/** What is wanted of deployments, and what their instances are. */
export function deploymentRoutes(server: ApiServer, context: RouteContext): void {
  const { pool, parts, configuration, executor, instances } = context;
  const show = async (deployment: StoredDeployment): Promise<Deployment> =>
    (await presentDeployments(context, instances, [deployment]))[0]!;

  server.post(
    base,
    {
      schema: operation(
        { operationId: 'createDeployment', summary: 'Create a deployment', body: CreateDeployment },
        { 201: Deployment },
      ),
    },
    async ({ body, claims }, reply) => {
      const known = Object.keys(configuration.providers);
      const errors = checkResources(body.resources ?? []);
      if (!known.includes(body.provider))
        errors.push({
          field: 'provider',
          code: 'unknown',
          message: `There is no provider ${body.provider}: there are ${known.join(', ')}`,
        });
      if (errors.length > 0) throw ApiError.invalid(...errors);
      const created = await parts.deployments.create(pool, parts.ids.next(), parts.access.scope(claims), body);
      return reply.status(201).send(await show(created));
    },
  );

  server.get(
    base,
    {
      schema: operation(
        { operationId: 'listDeployments', summary: 'List the deployments of the tenant', querystring: ListQuery },
        { 200: DeploymentList },
      ),
    },
    async ({ claims, query }) => {
      const { deployments, total } = await parts.deployments.list(pool, parts.access.scope(claims), query);
      const { page = 1, perPage = 20 } = query;
      return { deployments: await presentDeployments(context, instances, deployments), page, perPage, total };
    },
  );

  server.get(
    `${base}/:id`,
    {
      schema: operation(
        { operationId: 'getDeployment', summary: 'Get a deployment', params: Id },
        { 200: Deployment },
        [403, 404],
      ),
    },
    async (request) => show(await findOwn(context, request, request.params.id)),
  );

  server.patch(
    `${base}/:id`,
    {
      schema: operation(
        {
          operationId: 'changeDeployment',
          summary: 'Change what is wanted of a deployment',
          description: 'Nothing happens to what exists until it is applied.',
          params: Id,
          body: ChangeDeployment,
        },
        { 200: Deployment },
        [403, 404, 409],
      ),
    },
    async (request) => {
      const deployment = await findOwn(context, request, request.params.id);
      const errors = checkResources(request.body.resources ?? []);
      if (errors.length > 0) throw ApiError.invalid(...errors);
      const changed = await parts.deployments.change(pool, deployment.id, request.body);
      if (changed === undefined) throw isBeingDestroyed(deployment);
      return show(changed);
    },
  );

  server.delete(
    `${base}/:id`,
    {
      schema: operation(
        {
          operationId: 'destroyDeployment',
          summary: 'Delete the resources of a deployment, end its provider process, and remove its folders',
          params: Id,
        },
        { 202: Operation },
        [403, 404, 409, 413, 415],
      ),
    },
    async (request, reply) => {
      const deployment = await findOwn(context, request, request.params.id);
      const added = await executor.add(deployment, { kind: 'destroy', status: 'destroying' });
      if (added === undefined) throw isBeingDestroyed(deployment);
      return reply.status(202).send(presentOperation(added));
    },
  );

  server.get(
    `${base}/:id/logs`,
    {
      schema: operation(
        { operationId: 'getLogs', summary: 'What the provider process has written', params: Id },
        { 200: Logs },
        [403, 404],
      ),
    },
    async (request) => ({ lines: instances.lines(await findOwn(context, request, request.params.id)) }),
  );

  server.get(
    `${base}/:id/schema`,
    {
      schema: operation(
        {
          operationId: 'getSchema',
          summary: 'The schemas of the provider, from the process of the deployment',
          description: 'Launches the process if there is none, and does not wait for the operations of the deployment.',
          params: Id,
        },
        { 200: ProviderDescription },
        [403, 404, 409, 502],
      ),
    },
    async (request) => {
      const deployment = await findOwn(context, request, request.params.id);
      if (['destroying', 'destroyed'].includes(deployment.status)) throw isBeingDestroyed(deployment);
      try {
        return await instances.useAny(deployment, async (provider) => ({
          pid: provider.pid,
          protocol: provider.protocol,
          ...presentSchema(await provider.schema()),
        }));
      } catch (error) {
        throw toAnswer(toOperationError(error, false));
      }
    },
  );
}
