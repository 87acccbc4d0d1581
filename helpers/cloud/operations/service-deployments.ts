import { ServiceDeploymentStatus } from '@aws-sdk/client-ecs';
import { pathIn } from '../arn.ts';
import type { CloudContext } from '../cloud-context.ts';
import { CloudError } from '../errors.ts';
import { findAll, findCluster, findService } from '../lookup.ts';
import {
  presentRevision,
  presentServiceDeployment,
  presentServiceDeploymentBrief,
  revisionArn,
  serviceDeploymentArn,
  serviceDeploymentStatus,
} from '../present/index.ts';
import type { Service, ServiceDeployment } from '../state.ts';
import { checkEnum } from '../wire/enums.ts';
import type { Operation } from './operation.ts';

const most = 20;

/** The newest first. */
export const listServiceDeployments: Operation<'listServiceDeployments'> = (
  { service: reference, cluster, status = [], createdAt = {}, ...page },
  context,
) => {
  for (const one of status) checkEnum('status', one, ServiceDeploymentStatus);
  const service = findService(context, findCluster(context, cluster), reference);
  const [after, before] = [millisecondsOf(createdAt.after, -Infinity), millisecondsOf(createdAt.before, Infinity)];
  const found = [...ownDeployments(service).entries()].filter(([, deployment]) => {
    const made = deployment.createdAt.getTime();
    const isWanted = status.length === 0 || status.includes(serviceDeploymentStatus(service, deployment));
    return isWanted && made > after && made < before;
  });
  const { items, nextToken } = context.parts.paging.page(found, page, {
    placeOf: ([order]) => [order],
    isDescending: true,
  });
  return {
    serviceDeployments: items.map(([, deployment]) => presentServiceDeploymentBrief(context, service, deployment)),
    nextToken,
  };
};

export const describeServiceDeployments: Operation<'describeServiceDeployments'> = (
  { serviceDeploymentArns = [] },
  context,
) => {
  const { found, failures } = findByArn(context, serviceDeploymentArns, 'service-deployment', serviceDeploymentArn);
  return { serviceDeployments: found.map((one) => presentServiceDeployment(context, ...one)), failures };
};

export const describeServiceRevisions: Operation<'describeServiceRevisions'> = (
  { serviceRevisionArns = [] },
  context,
) => {
  const { found, failures } = findByArn(context, serviceRevisionArns, 'service-revision', revisionArn);
  return { serviceRevisions: found.map((one) => presentRevision(context, ...one)), failures };
};

function findByArn(
  context: CloudContext,
  arns: readonly string[],
  kind: string,
  arnOf: typeof revisionArn,
): ReturnType<typeof findAll<[Service, ServiceDeployment]>> {
  if (arns.length === 0 || arns.length > most) throw CloudError.invalid(`There must be between 1 and ${most} ARNs.`);
  return findAll(
    context,
    arns,
    (arn) => {
      const [itsKind, clusterName = '', serviceName = ''] = pathIn(arn, context);
      if (itsKind !== kind) throw CloudError.invalid(`Invalid identifier: it is no ARN of a ${kind}.`);
      const service = context.state.clusters.get(clusterName)?.services.get(serviceName);
      const deployment = service && ownDeployments(service).find((one) => arnOf(context, service, one) === arn);
      return service && deployment && [service, deployment];
    },
    kind,
  );
}

/** A time of a request, which is a number there. */
function millisecondsOf(time: Date | undefined, otherwise: number): number {
  return time === undefined ? otherwise : Number(time) * 1000;
}

/** Without rollbacks, which are part of the deployments that they take back. */
function ownDeployments({ history }: Service): ServiceDeployment[] {
  return history.filter(({ rollsBack }) => rollsBack === undefined);
}
