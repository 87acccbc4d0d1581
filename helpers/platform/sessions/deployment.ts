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

/** The path of the volume in a container. */
const workspace = '/workspace';

export interface DeploymentOptions {
  /** The tag of every created resource. */
  readonly run: string;
  /** The secret from which containers' keys are derived. */
  readonly secret: string;
  /** For a container's client to send its request. */
  readonly request: RequestTimes;
  /** What the decorator in the container's bundle is told. */
  readonly decoration: string | undefined;
}

/** Deploys what sessions need: a cluster, the task definition of a workspace, and a service without tasks. */
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
