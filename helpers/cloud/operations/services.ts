import { isDeepStrictEqual } from 'node:util';
import { LaunchType, ResourceManagementType, SchedulingStrategy, type CreateServiceRequest } from '@aws-sdk/client-ecs';
import { arnOf } from '../arn.ts';
import type { Strategy } from '../capacity.ts';
import type { CloudContext } from '../cloud-context.ts';
import { CloudError } from '../errors.ts';
import { findActiveCluster, findActiveDefinition, findAll, findCluster, findService, serviceFor } from '../lookup.ts';
import { presentService } from '../present/index.ts';
import { deploy, newDeployment } from '../services/deployments.ts';
import { primaryOf, type Service } from '../state.ts';
import { readTags } from '../tags.ts';
import { checkEnum } from '../wire/enums.ts';
import { checkLaunch } from './launch.ts';
import type { Operation } from './operation.ts';
import { checkService, configurationOf, isSameRequest } from './service-rules.ts';

export const createService: Operation<'createService'> = (wanted, context) => {
  const cluster = findActiveCluster(context, wanted.cluster);
  checkService(wanted);
  if (wanted.desiredCount === undefined)
    throw CloudError.invalid('desiredCount is required when the schedulingStrategy is REPLICA.');
  const name = wanted.serviceName!;
  const known = cluster.services.get(name);
  if (known?.status === 'ACTIVE') {
    if (!isSameRequest(known.wanted, wanted)) throw CloudError.invalid('Creation of service was not idempotent.');
    return { service: presentService(known, { tags: true }) };
  }
  if (known?.status === 'DRAINING') throw CloudError.invalid('Unable to Start a service that is still Draining.');
  const definition = findActiveDefinition(context, wanted.taskDefinition);
  const request = withStrategy(wanted, checkLaunch(wanted, definition, cluster, context.parts.capacity));
  const now = context.parts.clock.now();
  const first = newDeployment(definition, request, now);
  const service: Service = {
    name,
    arn: arnOf(context, 'service', cluster.name, name),
    order: context.state.made++,
    cluster,
    createdAt: now,
    tags: readTags(request.tags),
    wanted,
    request,
    configuration: configurationOf(request.deploymentConfiguration),
    status: 'ACTIVE',
    desiredCount: wanted.desiredCount,
    deployments: [first],
    history: [first],
    events: [],
    isSteady: false,
    failedStarts: 0,
    notBefore: undefined,
  };
  cluster.services.set(name, service);
  context.wake(service);
  return { service: presentService(service, { tags: true }) };
};

export const updateService: Operation<'updateService'> = (
  { cluster, service: reference, taskDefinition, desiredCount, forceNewDeployment = false, ...changes },
  context,
) => {
  const service = findServiceIn(context, cluster, reference);
  if (service.status !== 'ACTIVE') throw new CloudError('ServiceNotActiveException', 'Service was not ACTIVE.');
  checkService({ ...changes, desiredCount });
  const definition =
    taskDefinition === undefined ? primaryOf(service).definition : findActiveDefinition(context, taskDefinition);
  const { launchType, ...before } = service.request;
  // A strategy takes the launch type's place.
  const hasStrategy = (changes.capacityProviderStrategy ?? []).length > 0;
  const request: CreateServiceRequest = { ...before, ...(hasStrategy ? {} : { launchType }), ...changes };
  const strategy = checkLaunch(request, definition, service.cluster, context.parts.capacity);
  const isNew = redeploying.some((member) => !isDeepStrictEqual(request[member], before[member]));
  service.request = withStrategy(request, strategy);
  service.configuration = configurationOf(changes.deploymentConfiguration, service.configuration);
  service.desiredCount = desiredCount ?? service.desiredCount;
  if (forceNewDeployment || isNew || definition !== primaryOf(service).definition)
    deploy(service, definition, service.request, context.parts.clock.now());
  context.wake(service);
  return { service: presentService(service, { tags: false }) };
};

/** Changes of these begin a deployment, even of the same task definition. */
const redeploying = ['networkConfiguration', 'platformVersion'] as const;

/** What a service was given, with the cluster's default strategy where it asked for none. */
function withStrategy(request: CreateServiceRequest, strategy: Strategy | undefined): CreateServiceRequest {
  return strategy === undefined ? request : { ...request, capacityProviderStrategy: [...strategy] };
}

function findServiceIn(context: CloudContext, cluster: string | undefined, reference: string | undefined): Service {
  return findService(context, findActiveCluster(context, cluster), reference);
}

export const deleteService: Operation<'deleteService'> = ({ cluster, service: reference, force = false }, context) => {
  const service = findServiceIn(context, cluster, reference);
  if (service.status === 'INACTIVE') throw new CloudError('ServiceNotFoundException', 'Service not found.');
  if (service.desiredCount > 0 && !force)
    throw CloudError.invalid('The service cannot be stopped while it is scaled above 0.');
  service.status = 'DRAINING';
  context.wake(service);
  return { service: presentService(service, { tags: false }) };
};

export const describeServices: Operation<'describeServices'> = (
  { cluster: reference, services = [], include = [] },
  context,
) => {
  const cluster = findCluster(context, reference);
  if (services.length === 0) throw CloudError.invalid('Services cannot be empty.');
  if (services.length > 10) throw CloudError.invalid('Services can have at most 10 items.');
  const { found, failures } = findAll(
    context,
    services,
    (one) => serviceFor(context, cluster, one),
    'service',
    cluster.name,
  );
  return { services: found.map((service) => presentService(service, { tags: include.includes('TAGS') })), failures };
};

export const listServices: Operation<'listServices'> = (
  { cluster, launchType, schedulingStrategy, resourceManagementType, ...page },
  context,
) => {
  checkEnum('launchType', launchType, LaunchType);
  checkEnum('schedulingStrategy', schedulingStrategy, SchedulingStrategy);
  checkEnum('resourceManagementType', resourceManagementType, ResourceManagementType);
  const isListed =
    (launchType ?? 'FARGATE') === 'FARGATE' &&
    (schedulingStrategy ?? 'REPLICA') === 'REPLICA' &&
    (resourceManagementType ?? 'CUSTOMER') === 'CUSTOMER';
  const services = [...findCluster(context, cluster).services.values()].filter(
    ({ status }) => isListed && status !== 'INACTIVE',
  );
  const { items, nextToken } = context.parts.paging.page(services, page, { most: 10, placeOf: ({ order }) => [order] });
  return { serviceArns: items.map(({ arn }) => arn), nextToken };
};
