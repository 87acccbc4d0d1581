import type { CreateServiceRequest, RegisterTaskDefinitionRequest, RunTaskRequest } from '@aws-sdk/client-ecs';
import { expect } from '@playwright/test';
import { cluster, definition, launch, test } from '../testing/cloud/index.ts';
import { operations } from './operations/index.ts';
import { provided } from './operations/provided.ts';

const refused = (name: string, ...members: string[]) => ({
  name,
  message: `This control plane does not provide ${members.join(', ')}.`,
});

test('a task definition is refused with all unprovided members in one answer', async ({ it: { ecs } }) => {
  const request: RegisterTaskDefinitionRequest = definition('web', 'serve', {
    taskRoleArn: 'arn:aws:iam::123456789012:role/task',
    pidMode: 'task',
    runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' },
    volumes: [{ name: 'data', efsVolumeConfiguration: { fileSystemId: 'fs-1', transitEncryption: 'ENABLED' } }],
    containerDefinitions: [
      { name: 'first', image: 'app' },
      {
        name: 'main',
        image: 'app',
        secrets: [{ name: 'S', valueFrom: 'arn' }],
        entryPoint: ['sh', '-c'],
        workingDirectory: '/app',
        privileged: true,
        portMappings: [{ containerPort: 80, protocol: 'udp' }],
        mountPoints: [{ sourceVolume: 'data', containerPath: '/data', readOnly: true }],
        logConfiguration: { logDriver: 'awslogs' },
        ulimits: [{ name: 'nofile', softLimit: 1, hardLimit: 1 }],
      },
    ],
  });
  const container = (member: string): string => `containerDefinitions[1].${member}`;
  await expect(ecs.registerTaskDefinition(request)).rejects.toMatchObject(
    refused(
      'ClientException',
      container('entryPoint'),
      container('logConfiguration'),
      container('mountPoints[0].readOnly'),
      container('portMappings[0].protocol udp'),
      container('privileged'),
      container('secrets'),
      container('ulimits'),
      container('workingDirectory'),
      'pidMode',
      'runtimePlatform.operatingSystemFamily WINDOWS_SERVER_2022_CORE',
      'taskRoleArn',
      'volumes[0].efsVolumeConfiguration.transitEncryption ENABLED',
    ),
  );
  expect((await ecs.listTaskDefinitions({})).taskDefinitionArns).toEqual([]);
});

test('a service and a run are refused with all members that are not provided', async ({ it: { ecs } }) => {
  await ecs.createCluster({ clusterName: cluster });
  await ecs.registerTaskDefinition(definition('web', 'serve'));
  const open = { awsvpcConfiguration: { subnets: ['subnet-1'], assignPublicIp: 'ENABLED' as const } };
  const service: CreateServiceRequest = {
    cluster,
    serviceName: 'web',
    taskDefinition: 'web',
    desiredCount: 0,
    launchType: 'FARGATE',
    networkConfiguration: open,
    loadBalancers: [{ targetGroupArn: 'arn:x', containerName: 'nope', containerPort: 80 }],
    serviceRegistries: [{ registryArn: 'arn:y' }],
    deploymentController: { type: 'CODE_DEPLOY' },
    deploymentConfiguration: { strategy: 'BLUE_GREEN', alarms: { alarmNames: ['a'], enable: true, rollback: false } },
  };
  const address = 'networkConfiguration.awsvpcConfiguration.assignPublicIp ENABLED';
  await expect(ecs.createService(service)).rejects.toMatchObject(
    refused(
      'InvalidParameterException',
      'deploymentConfiguration.alarms',
      'deploymentConfiguration.strategy BLUE_GREEN',
      'deploymentController.type CODE_DEPLOY',
      'loadBalancers',
      address,
      'serviceRegistries',
    ),
  );
  const run: RunTaskRequest = {
    cluster,
    taskDefinition: 'web',
    launchType: 'FARGATE',
    networkConfiguration: open,
    placementStrategy: [{ type: 'random' }],
    overrides: {
      taskRoleArn: 'arn',
      containerOverrides: [{ name: 'main', environmentFiles: [{ value: 'a', type: 's3' }] }],
    },
  };
  await expect(ecs.runTask(run)).rejects.toMatchObject(
    refused(
      'InvalidParameterException',
      address,
      'overrides.containerOverrides[0].environmentFiles',
      'overrides.taskRoleArn',
      'placementStrategy',
    ),
  );
  await expect(
    ecs.describeClusters({ clusters: [cluster], include: ['TAGS', 'GONE' as 'TAGS'] }),
  ).rejects.toMatchObject(refused('InvalidParameterException', 'include[1] GONE'));
  expect((await ecs.listTasks({ cluster })).taskArns).toEqual([]);
});

test('members that ask for nothing are taken: empty lists and objects, false, and null', async ({ it: { ecs } }) => {
  await ecs.createCluster({ clusterName: cluster });
  const { taskDefinition } = await ecs.registerTaskDefinition(
    definition('web', 'serve', {
      placementConstraints: [],
      enableFaultInjection: false,
      containerDefinitions: [
        { name: 'main', image: 'app', privileged: false, secrets: [], restartPolicy: { enabled: false } },
      ],
    }),
  );
  expect(taskDefinition!.revision).toBe(1);
  const { service } = await ecs.createService({
    ...launch,
    cluster,
    serviceName: 'web',
    taskDefinition: 'web',
    desiredCount: 0,
    loadBalancers: [],
    serviceConnectConfiguration: { enabled: false },
    platformVersion: 'LATEST',
    deploymentController: { type: 'ECS' },
    role: null as unknown as string,
  });
  expect(service).toMatchObject({ loadBalancers: [], platformVersion: '1.4.0' });
});

test('every operation says which members it honours', () => {
  expect(Object.keys(provided).toSorted()).toEqual(Object.keys(operations).toSorted());
});
