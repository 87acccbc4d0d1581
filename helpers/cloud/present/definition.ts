import type { TaskDefinition as Presented, TaskDefinitionStatus } from '@aws-sdk/client-ecs';
import type { TaskDefinition } from '../state.ts';

/** DELETE_IN_PROGRESS for as long as the definition is known. */
export function definitionStatus({
  deregisteredAt,
  deleteRequestedAt,
}: Pick<TaskDefinition, 'deregisteredAt' | 'deleteRequestedAt'>): TaskDefinitionStatus {
  if (deleteRequestedAt !== undefined) return 'DELETE_IN_PROGRESS';
  return deregisteredAt === undefined ? 'ACTIVE' : 'INACTIVE';
}

export function presentDefinition({
  arn,
  family,
  revision,
  request,
  containers,
  registeredAt,
  deregisteredAt,
  deleteRequestedAt,
}: TaskDefinition): Presented {
  const { tags: _, family: __, containerDefinitions: ___, ...rest } = request;
  return {
    volumes: [],
    placementConstraints: [],
    ...rest,
    taskDefinitionArn: arn,
    family,
    revision,
    containerDefinitions: [...containers],
    status: definitionStatus({ deregisteredAt, deleteRequestedAt }),
    compatibilities: [
      'EC2',
      ...(request.requiresCompatibilities?.includes('FARGATE') === true ? (['FARGATE'] as const) : []),
    ],
    registeredAt,
    deregisteredAt,
    deleteRequestedAt,
  };
}
