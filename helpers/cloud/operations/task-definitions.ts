import { NetworkMode, SortOrder, TaskDefinitionStatus } from '@aws-sdk/client-ecs';
import { arnOf, nameIn } from '../arn.ts';
import { CloudError } from '../errors.ts';
import { definitionFor } from '../lookup.ts';
import { pageOf } from '../paging.ts';
import { presentDefinition } from '../present.ts';
import type { TaskDefinition } from '../state.ts';
import { readTags, showTags } from '../tags.ts';
import { checkEnum } from '../wire/enums.ts';
import { checkFamily, checkTaskDefinition } from './definition-rules.ts';
import type { Operation } from './operation.ts';

export const registerTaskDefinition: Operation<'registerTaskDefinition'> = (request, context) => {
  const family = checkFamily(request.family);
  checkEnum('networkMode', request.networkMode, NetworkMode);
  checkTaskDefinition(request);
  const tags = readTags(request.tags);
  const revisions = context.state.families.get(family) ?? [];
  context.state.families.set(family, revisions);
  const revision = revisions.length + 1;
  const definition: TaskDefinition = {
    arn: arnOf(context, 'task-definition', `${family}:${revision}`),
    family,
    revision,
    request,
    // The service's defaults.
    containers: request.containerDefinitions!.map((container) => ({
      cpu: 0,
      essential: true,
      environment: [],
      mountPoints: [],
      volumesFrom: [],
      systemControls: [],
      ...container,
      portMappings: (container.portMappings ?? []).map((mapping) => ({
        hostPort: mapping.containerPort,
        protocol: 'tcp' as const,
        ...mapping,
      })),
    })),
    tags,
    registeredAt: context.parts.clock.now(),
    deregisteredAt: undefined,
  };
  revisions.push(definition);
  return { taskDefinition: presentDefinition(definition), tags: showTags(tags) };
};

export const describeTaskDefinition: Operation<'describeTaskDefinition'> = (
  { taskDefinition: reference, include = [] },
  context,
) => {
  const definition = definitionFor(context, reference);
  if (definition === undefined) throw CloudError.client('Unable to describe task definition.');
  return {
    taskDefinition: presentDefinition(definition),
    tags: include.includes('TAGS') ? showTags(definition.tags) : [],
  };
};

export const listTaskDefinitions: Operation<'listTaskDefinitions'> = (
  { familyPrefix, status = 'ACTIVE', sort = 'ASC', ...page },
  { state },
) => {
  checkEnum('status', status, TaskDefinitionStatus);
  checkEnum('sort', sort, SortOrder);
  const families = [...state.families]
    .filter(([family]) => familyPrefix === undefined || family === familyPrefix)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const listed = families
    .flatMap(([, revisions]) => revisions)
    .filter(({ deregisteredAt }) => (deregisteredAt === undefined) === (status === 'ACTIVE'))
    .map(({ arn }) => arn);
  const { arns, nextToken } = pageOf(sort === 'DESC' ? listed.toReversed() : listed, page);
  return { taskDefinitionArns: arns, nextToken };
};

export const deregisterTaskDefinition: Operation<'deregisterTaskDefinition'> = (
  { taskDefinition: reference = '' },
  context,
) => {
  if (!nameIn(reference).includes(':')) throw CloudError.invalid(`Invalid revision number. Number: ${reference}`);
  const definition = definitionFor(context, reference);
  if (definition === undefined) throw CloudError.client('The specified task definition does not exist.');
  definition.deregisteredAt ??= context.parts.clock.now();
  return { taskDefinition: presentDefinition(definition) };
};
