import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import type { LocalCloud } from '../../cloud/index.ts';
import type { RequestTimes } from '../../lib/http-limits.ts';

export const cluster = 'sessions';
export const service = 'edit';
export const containerPort = 8080;

/** Where a container has its volume. */
const workspace = '/workspace';

export interface DeploymentOptions {
  /** Everything is tagged with it. */
  readonly run: string;
  /** What the keys of the containers are made from. */
  readonly secret: string;
  /** For a client of a container to say what it wants. */
  readonly request: RequestTimes;
  /** What the decorator in the container's bundle is told. */
  readonly decoration: string | undefined;
}

/** Deploys what a session needs: a cluster, the definition of a workspace's task, and a service that has none yet. */
export async function deploy(
  { endpoint, region, credentials }: Pick<LocalCloud, 'endpoint' | 'region' | 'credentials'>,
  { run, decoration, secret, request }: DeploymentOptions,
): Promise<void> {
  const ecs = new ECSClient({ endpoint, region, credentials });
  const tags = [{ key: 'proving-ground:run', value: run }];
  try {
    await ecs.send(new CreateClusterCommand({ clusterName: cluster, tags }));
    const { taskDefinition } = await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: service,
        tags,
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        volumes: [{ name: 'workspaces', efsVolumeConfiguration: { fileSystemId: 'fs-workspaces' } }],
        containerDefinitions: [
          {
            name: 'workspace',
            image: 'workspace',
            essential: true,
            stopTimeout: 5,
            portMappings: [{ containerPort, protocol: 'tcp' }],
            mountPoints: [{ sourceVolume: 'workspaces', containerPath: workspace }],
            environment: [
              { name: 'WORKSPACE', value: workspace },
              { name: 'WORKSPACE_SECRET', value: secret },
              { name: 'REQUEST_TIMES', value: JSON.stringify(request) },
              ...(decoration === undefined ? [] : [{ name: 'DECORATION', value: decoration }]),
            ],
          },
        ],
      }),
    );
    await ecs.send(
      new CreateServiceCommand({
        cluster,
        serviceName: service,
        taskDefinition: taskDefinition!.taskDefinitionArn!,
        desiredCount: 0,
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-workspaces'] } },
        enableExecuteCommand: true,
        propagateTags: 'SERVICE',
        tags,
        deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 200 },
      }),
    );
  } finally {
    ecs.destroy();
  }
}
