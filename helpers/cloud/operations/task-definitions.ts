import { SortOrder, TaskDefinitionFamilyStatus, TaskDefinitionStatus, type Failure } from '@aws-sdk/client-ecs';
import { arnOf } from '../arn.ts';
import type { CloudContext } from '../cloud-context.ts';
import { CloudError } from '../errors.ts';
import { definitionFor } from '../lookup.ts';
import { definitionStatus, presentDefinition } from '../present/index.ts';
import type { TaskDefinition } from '../state.ts';
import { readTags, showTags } from '../tags.ts';
import { checkEnum } from '../wire/enums.ts';
import { checkFamily, checkTaskDefinition } from './definition-rules.ts';
import type { Operation } from './operation.ts';

export const registerTaskDefinition: Operation<'registerTaskDefinition'> = (wanted, context) => {
  const family = checkFamily(wanted.family);
  const { sizes } = context.parts;
  const request = { ...wanted, ...sizes.normal(wanted) };
  checkTaskDefinition(request, sizes);
  const tags = readTags(request.tags);
  const revisions = context.state.families.get(family) ?? [];
  context.state.families.set(family, revisions);
  const revision = (revisions.at(-1)?.revision ?? 0) + 1;
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
    deleteRequestedAt: undefined,
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
  context,
) => {
  checkEnum('status', status, TaskDefinitionStatus);
  checkEnum('sort', sort, SortOrder);
  const listed = [...context.state.families.values()]
    .flat()
    .filter(
      (definition) =>
        (familyPrefix === undefined || definition.family === familyPrefix) && definitionStatus(definition) === status,
    );
  const { items, nextToken } = context.parts.paging.page(listed, page, {
    placeOf: ({ family, revision }) => [family, revision],
    isDescending: sort === 'DESC',
  });
  return { taskDefinitionArns: items.map(({ arn }) => arn), nextToken };
};

/** A family is ACTIVE as long as one of its revisions is, and listed as long as one is known. */
export const listTaskDefinitionFamilies: Operation<'listTaskDefinitionFamilies'> = (
  { familyPrefix = '', status = 'ALL', ...page },
  context,
) => {
  checkEnum('status', status, TaskDefinitionFamilyStatus);
  const listed = [...context.state.families]
    .filter(([family, revisions]) => {
      const isActive = revisions.some((definition) => definitionStatus(definition) === 'ACTIVE');
      return (
        family.startsWith(familyPrefix) &&
        revisions.length > 0 &&
        (status === 'ALL' || isActive === (status === 'ACTIVE'))
      );
    })
    .map(([family]) => family);
  const { items, nextToken } = context.parts.paging.page(listed, page, { placeOf: (family) => [family] });
  return { families: items, nextToken };
};

export const deregisterTaskDefinition: Operation<'deregisterTaskDefinition'> = (
  { taskDefinition: reference = '' },
  context,
) => {
  const definition = revisionFor(context, reference);
  if (definition === undefined) throw CloudError.client('The specified task definition does not exist.');
  definition.deregisteredAt ??= context.parts.clock.now();
  return { taskDefinition: presentDefinition(definition) };
};

/** They stay, in DELETE_IN_PROGRESS, for the tasks and services that refer to them; nothing can be started of them. */
export const deleteTaskDefinitions: Operation<'deleteTaskDefinitions'> = ({ taskDefinitions = [] }, context) => {
  if (taskDefinitions.length === 0 || taskDefinitions.length > 10)
    throw CloudError.invalid('taskDefinitions must have between 1 and 10 items.');
  const deleted: TaskDefinition[] = [];
  const failures: Failure[] = [];
  for (const reference of taskDefinitions) {
    const definition = revisionFor(context, reference);
    if (definition === undefined)
      failures.push({ arn: reference, reason: 'The specified task definition does not exist.' });
    else if (definition.deregisteredAt === undefined) {
      failures.push({
        arn: definition.arn,
        reason: 'The specified task definition is still in ACTIVE status. Please deregister the target and try again.',
      });
    } else {
      definition.deleteRequestedAt ??= context.parts.clock.now();
      deleted.push(definition);
    }
  }
  return { taskDefinitions: deleted.map(presentDefinition), failures };
};

/** A task definition whose revision is named. @throws CloudError */
function revisionFor(context: CloudContext, reference: string): TaskDefinition | undefined {
  if (!context.parts.identifiers.nameIn(reference, context, 'task-definition').includes(':'))
    throw CloudError.invalid(`Invalid revision number. Number: ${reference}`);
  return definitionFor(context, reference);
}
