import type { CreateServiceRequest } from '@aws-sdk/client-ecs';
import { arnOf, nameIn } from '../arn.ts';
import { CloudError } from '../errors.ts';
import { findActiveCluster, findActiveDefinition, findAll, findCluster, findService } from '../lookup.ts';
import { pageOf } from '../paging.ts';
import { presentService } from '../present.ts';
import { deploy, newDeployment } from '../services/deployments.ts';
import { primaryOf, type Service } from '../state.ts';
import { readTags } from '../tags.ts';
import { checkLaunch } from './launch.ts';
import type { Operation } from './operation.ts';
import { checkService, configurationOf, isSameRequest } from './service-rules.ts';

export const createService: Operation<'createService'> = (request, context) => {
  const cluster = findActiveCluster(context, request.cluster);
  checkService(request);
  const name = request.serviceName!;
  const known = cluster.services.get(name);
  if (known?.status === 'ACTIVE') {
    if (!isSameRequest(known.request, request)) throw CloudError.invalid('Creation of service was not idempotent.');
    return { service: presentService(known, { tags: true }) };
  }
  if (known?.status === 'DRAINING') throw CloudError.invalid('Unable to Start a service that is still Draining.');
  const definition = findActiveDefinition(context, request.taskDefinition);
  checkLaunch(request, definition);
  const now = context.parts.clock.now();
  const service: Service = {
    name,
    arn: arnOf(context, 'service', cluster.name, name),
    cluster,
    createdAt: now,
    tags: readTags(request.tags),
    request,
    configuration: configurationOf(request.deploymentConfiguration),
    status: 'ACTIVE',
    desiredCount: request.desiredCount ?? 1,
    deployments: [newDeployment(definition, now)],
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
  const service = findService(findActiveCluster(context, cluster), reference);
  if (service.status !== 'ACTIVE') throw new CloudError('ServiceNotActiveException', 'Service was not ACTIVE.');
  checkService({ ...changes, desiredCount });
  const definition =
    taskDefinition === undefined ? primaryOf(service).definition : findActiveDefinition(context, taskDefinition);
  const request: CreateServiceRequest = { ...service.request, ...changes };
  checkLaunch(request, definition);
  service.request = request;
  service.configuration = configurationOf(changes.deploymentConfiguration, service.configuration);
  service.desiredCount = desiredCount ?? service.desiredCount;
  if (forceNewDeployment || definition !== primaryOf(service).definition)
    deploy(service, definition, context.parts.clock.now());
  context.wake(service);
  return { service: presentService(service, { tags: false }) };
};

export const deleteService: Operation<'deleteService'> = ({ cluster, service: reference, force = false }, context) => {
  const service = findService(findActiveCluster(context, cluster), reference);
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
    (one) => cluster.services.get(nameIn(one)),
    'service',
    cluster.name,
  );
  return { services: found.map((service) => presentService(service, { tags: include.includes('TAGS') })), failures };
};

export const listServices: Operation<'listServices'> = (
  { cluster, launchType, schedulingStrategy, ...page },
  context,
) => {
  const isListed = (launchType ?? 'FARGATE') === 'FARGATE' && (schedulingStrategy ?? 'REPLICA') === 'REPLICA';
  const services = [...findCluster(context, cluster).services.values()].filter(
    ({ status }) => isListed && status !== 'INACTIVE',
  );
  const { arns, nextToken } = pageOf(
    services.map(({ arn }) => arn),
    { maxResults: 10, ...page },
  );
  return { serviceArns: arns, nextToken };
};
