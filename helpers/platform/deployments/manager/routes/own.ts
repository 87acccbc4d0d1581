import type { FastifyRequest } from 'fastify';
import { ApiError } from '../../../kernel/http/errors.ts';
import type { StoredDeployment } from '../../store/deployment-store.ts';
import type { ManagerContext } from '../manager-context.ts';
import type { Executor } from '../executor.ts';
import type { Instances } from '../instances.ts';

/** What the routes work with. */
export interface RouteContext extends ManagerContext {
  readonly instances: Instances;
  readonly executor: Executor;
}

/** @throws ApiError when there is no such deployment, or it belongs to another tenant. */
export async function findOwn(
  { pool, parts }: ManagerContext,
  { claims }: Pick<FastifyRequest, 'claims'>,
  id: string,
): Promise<StoredDeployment> {
  const deployment = await parts.deployments.find(pool, id);
  if (deployment === undefined) throw new ApiError('NOT_FOUND', `There is no deployment ${id}`);
  if (!parts.access.mayUse(claims, deployment.tenant))
    throw new ApiError('AUTHORIZATION_ERROR', 'The deployment belongs to another tenant');
  return deployment;
}

/** The answer to what cannot be asked of a deployment any more. */
export function isBeingDestroyed({ name }: StoredDeployment): ApiError {
  return new ApiError('CONFLICT', `Deployment ${name} is destroyed, or is being destroyed`);
}
