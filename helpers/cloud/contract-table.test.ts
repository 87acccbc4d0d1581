import type { ECS } from '@aws-sdk/client-ecs';
import { expect } from '@playwright/test';
import {
  cluster,
  complaintsAbout,
  definition,
  launch,
  runningTask,
  stableService,
  stoppedTask,
  test,
} from '../testing/cloud/index.ts';

/** An operation of the SDK's client, its input, and the answer, or the name of the error and a part of its message. */
type Call = readonly [operation: string, input: object, answer: Readonly<Record<string, unknown>>];

const arn = (path: string): string => `arn:aws:ecs:us-east-1:123456789012:${path}`;
const refused = (name: string, message = ''): Record<string, unknown> => ({
  name,
  message: expect.stringContaining(message),
});
const invalid = (message?: string): Record<string, unknown> => refused('InvalidParameterException', message);
const client = (message?: string): Record<string, unknown> => refused('ClientException', message);
const noCluster = refused('ClusterNotFoundException');
const noService = refused('ServiceNotFoundException');

async function follow(ecs: ECS, calls: readonly Call[]): Promise<void> {
  const methods = ecs as unknown as Record<string, (input: object) => Promise<object>>;
  for (const [operation, input, answer] of calls) {
    const given = await methods[operation]!.call(ecs, input).catch((error: unknown) => error);
    expect(given, `${operation} ${JSON.stringify(input)}`).toMatchObject(answer);
  }
}

const web = definition('web', 'serve');
const api = definition('api', 'serve', { cpu: '.5 vCPU', memory: '1 GB', ephemeralStorage: { sizeInGiB: 21 } });
const one = (container: object): object => ({
  ...web,
  containerDefinitions: [{ name: 'main', image: 'app', ...container }],
});
const insights = (value: string): object[] => [{ name: 'containerInsights', value }];
const item = (capacityProvider: string, weight = 1) => ({ capacityProvider, weight });
const both = ['FARGATE', 'FARGATE_SPOT'];

const clusters: readonly Call[] = [
  ['listClusters', {}, { clusterArns: [] }],
  ['describeClusters', {}, { clusters: [], failures: [{ arn: arn('cluster/default'), reason: 'MISSING' }] }],
  ['createCluster', { clusterName: 'a b' }, invalid('Identifier contains invalid characters')],
  ['createCluster', { clusterName: cluster, capacityProviders: ['MINE'] }, invalid("'MINE' was not found")],
  ['createCluster', { clusterName: cluster, settings: insights('perhaps') }, invalid("'perhaps'")],
  [
    'createCluster',
    { clusterName: cluster, serviceConnectDefaults: { namespace: 'n' } },
    invalid('serviceConnectDefaults'),
  ],
  [
    'createCluster',
    { clusterName: cluster, configuration: { executeCommandConfiguration: { logging: 'NONE' } } },
    invalid('configuration'),
  ],
  [
    'createCluster',
    { clusterName: cluster },
    { cluster: { clusterArn: arn('cluster/main'), settings: insights('disabled') } },
  ],
  ['createCluster', { clusterName: cluster, settings: insights('enabled') }, invalid('inconsistent with arguments')],
  ['updateClusterSettings', { cluster, settings: insights('enabled') }, { cluster: { settings: insights('enabled') } }],
  ['updateClusterSettings', { cluster: 'unknown', settings: insights('enabled') }, noCluster],
  ['updateCluster', { cluster, settings: insights('enhanced') }, { cluster: { settings: insights('enhanced') } }],
  ['updateCluster', { cluster: 'unknown' }, noCluster],
  [
    'putClusterCapacityProviders',
    { cluster, capacityProviders: ['MINE'], defaultCapacityProviderStrategy: [] },
    invalid('not found'),
  ],
  [
    'putClusterCapacityProviders',
    { cluster, capacityProviders: ['FARGATE'], defaultCapacityProviderStrategy: [item('FARGATE_SPOT')] },
    invalid('not associated'),
  ],
  [
    'putClusterCapacityProviders',
    { cluster, capacityProviders: both, defaultCapacityProviderStrategy: [item('FARGATE_SPOT')] },
    { cluster: { capacityProviders: both } },
  ],
  [
    'describeClusters',
    { clusters: [cluster], include: ['SETTINGS'] },
    { clusters: [{ settings: insights('enhanced'), statistics: [] }] },
  ],
  [
    'describeClusters',
    { clusters: [cluster], include: ['STATISTICS'] },
    {
      clusters: [
        { settings: [], statistics: expect.arrayContaining([{ name: 'runningFargateTasksCount', value: '0' }]) },
      ],
    },
  ],
  [
    'describeClusters',
    { clusters: [cluster], include: ['ATTACHMENTS', 'CONFIGURATIONS', 'TAGS'] },
    { clusters: [{ tags: [] }] },
  ],
  [
    'describeClusters',
    { clusters: [arn('cluster/main').replace('123456789012', '210987654321')] },
    invalid('Invalid identifier'),
  ],
  [
    'describeCapacityProviders',
    {},
    { capacityProviders: [{ name: 'FARGATE', status: 'ACTIVE' }, { name: 'FARGATE_SPOT' }] },
  ],
  [
    'describeCapacityProviders',
    { capacityProviders: ['FARGATE', 'MINE'] },
    { capacityProviders: [{}], failures: [{ reason: 'MISSING' }] },
  ],
  ['listContainerInstances', { cluster }, { containerInstanceArns: [] }],
  ['listContainerInstances', { cluster: 'unknown' }, noCluster],
  ['listContainerInstances', { cluster, status: 'TIRED' }, invalid("'TIRED'")],
  ['listAccountSettings', {}, { settings: [] }],
  [
    'listAccountSettings',
    { effectiveSettings: true, name: 'containerInsights' },
    { settings: [{ value: 'disabled', type: 'user' }] },
  ],
  [
    'listAccountSettings',
    { effectiveSettings: true, maxResults: 3 },
    { settings: [{}, {}, {}], nextToken: expect.any(String) },
  ],
  ['listAccountSettings', { name: 'mood' }, invalid("'mood'")],
];

const definitions: readonly Call[] = [
  ['registerTaskDefinition', web, { taskDefinition: { taskDefinitionArn: arn('task-definition/web:1') } }],
  [
    'registerTaskDefinition',
    api,
    { taskDefinition: { cpu: '512', memory: '1024', ephemeralStorage: { sizeInGiB: 21 } } },
  ],
  ['registerTaskDefinition', { ...web, cpu: '3 vCPU' }, client('No Fargate configuration')],
  ['registerTaskDefinition', { ...web, cpu: 'much' }, client("Invalid 'cpu' setting for task.")],
  ['registerTaskDefinition', { ...web, memory: '1 vCPU' }, client("Invalid 'memory' setting for task.")],
  ['registerTaskDefinition', { ...web, ephemeralStorage: { sizeInGiB: 10 } }, client('between 21 and 200')],
  ['registerTaskDefinition', { ...web, ephemeralStorage: { sizeInGiB: 201 } }, client('between 21 and 200')],
  ['registerTaskDefinition', { ...web, requiresCompatibilities: ['MOON'] }, invalid("'MOON'")],
  ['registerTaskDefinition', { ...web, ipcMode: 'host' }, client('ipcMode')],
  ['registerTaskDefinition', { ...web, taskRoleArn: 'arn' }, client('taskRoleArn')],
  ['registerTaskDefinition', one({ memory: 4096 }), client("more than the task's")],
  [
    'registerTaskDefinition',
    one({ privileged: true, user: 'root' }),
    client('privileged, containerDefinitions[0].user'),
  ],
  ['registerTaskDefinition', one({ entryPoint: ['sh'] }), client('entryPoint')],
  ['registerTaskDefinition', one({ portMappings: [{ containerPort: 80, hostPort: 8080 }] }), client('must match')],
  ['registerTaskDefinition', one({ portMappings: [{ containerPort: 70_000 }] }), client('between 1 and 65535')],
  ['registerTaskDefinition', one({ portMappings: [{ containerPort: 53, protocol: 'udp' }] }), client('protocol udp')],
  ['registerTaskDefinition', one({ stopTimeout: 121 }), client('stopTimeout must be between 0 and 120')],
  ['registerTaskDefinition', one({ startTimeout: 1 }), client('startTimeout must be between 2 and 120')],
  ['registerTaskDefinition', one({ healthCheck: { command: ['true'] } }), client('begin with CMD')],
  [
    'registerTaskDefinition',
    one({ healthCheck: { command: ['CMD', 'true'], interval: 1 } }),
    client('between 5 and 300'),
  ],
  [
    'registerTaskDefinition',
    one({ healthCheck: { command: ['CMD', 'true'], retries: 11 } }),
    client('between 1 and 10'),
  ],
  ['registerTaskDefinition', one({ dependsOn: [{ containerName: 'x', condition: 'START' }] }), client('unknown')],
  ['registerTaskDefinition', one({ dependsOn: [{ containerName: 'main', condition: 'SOON' }] }), invalid("'SOON'")],
  ['registerTaskDefinition', one({ essential: false }), client('marked essential')],
  ['registerTaskDefinition', one({ name: 'a b' }), client('Container.name')],
  ['listTaskDefinitionFamilies', {}, { families: ['api', 'web'] }],
  ['listTaskDefinitionFamilies', { status: 'INACTIVE' }, { families: [] }],
  ['listTaskDefinitionFamilies', { maxResults: 1 }, { families: ['api'], nextToken: expect.any(String) }],
  ['listTaskDefinitionFamilies', { status: 'GONE' }, invalid("'GONE'")],
  [
    'deleteTaskDefinitions',
    { taskDefinitions: ['api:1'] },
    { failures: [{ reason: expect.stringContaining('ACTIVE') }] },
  ],
  ['deleteTaskDefinitions', { taskDefinitions: ['api'] }, invalid('Invalid revision number')],
  ['deleteTaskDefinitions', { taskDefinitions: [] }, invalid('between 1 and 10')],
  ['deregisterTaskDefinition', { taskDefinition: 'api:1' }, { taskDefinition: { status: 'INACTIVE' } }],
  [
    'deleteTaskDefinitions',
    { taskDefinitions: ['api:1'] },
    { taskDefinitions: [{ status: 'DELETE_IN_PROGRESS' }], failures: [] },
  ],
  ['listTaskDefinitions', { status: 'DELETE_IN_PROGRESS' }, { taskDefinitionArns: [arn('task-definition/api:1')] }],
  ['describeTaskDefinition', { taskDefinition: 'api:1' }, { taskDefinition: { deleteRequestedAt: expect.any(Date) } }],
];

const network = { networkConfiguration: launch.networkConfiguration };
const run = { cluster, taskDefinition: 'web', ...network };
const overrides = (changes: object): object => ({ ...run, overrides: changes });

const runs: readonly Call[] = [
  [
    'runTask',
    { ...run, launchType: 'FARGATE', capacityProviderStrategy: [item('FARGATE')] },
    invalid('Specifying both'),
  ],
  ['runTask', { ...run, launchType: 'MOON' }, invalid("'MOON'")],
  ['runTask', { ...run, launchType: 'EXTERNAL' }, invalid('No Container Instances')],
  ['runTask', { ...run, propagateTags: 'SERVICE' }, invalid('SERVICE')],
  ['runTask', { ...run, startedBy: 'a b!' }, invalid('startedBy')],
  ['runTask', { ...run, group: 'service:web' }, invalid('group')],
  ['runTask', { ...run, platformVersion: '1.3.0' }, invalid('platformVersion 1.3.0')],
  ['runTask', { ...run, referenceId: 'x' }, invalid('referenceId')],
  ['runTask', { ...run, taskDefinition: 'api:1' }, client('inactive')],
  ['runTask', { ...run, cluster: 'unknown' }, noCluster],
  ['runTask', overrides({ cpu: '300', memory: '7' }), client('No Fargate configuration')],
  ['runTask', overrides({ ephemeralStorage: { sizeInGiB: 10 } }), client('between 21 and 200')],
  ['runTask', overrides({ containerOverrides: [{ name: 'main', memory: 4096 }] }), client("more than the task's")],
  ['runTask', overrides({ taskRoleArn: 'arn' }), invalid('overrides.taskRoleArn')],
  ['listTasks', { cluster, startedBy: 'me', family: 'web' }, invalid('cannot be combined')],
  ['listTasks', { cluster, containerInstance: 'x' }, invalid('containerInstance')],
  ['listTasks', { cluster, launchType: 'MOON' }, invalid("'MOON'")],
  ['listTasks', { cluster, nextToken: 'bm9uZQ' }, invalid('Invalid token.')],
  ['describeTasks', { cluster, tasks: ['main/x'] }, invalid('Unexpected number of separators')],
  ['describeTasks', { cluster, tasks: [arn('task/other/x')] }, invalid('Identifier is for cluster other')],
];

const service = { ...run, serviceName: 'web', desiredCount: 1 };

const services: readonly Call[] = [
  ['createService', { ...service, desiredCount: undefined }, invalid('desiredCount is required')],
  ['createService', { ...service, desiredCount: 5001 }, invalid('between 0 and 5000')],
  ['createService', { ...service, serviceName: 'a b' }, invalid('Service name')],
  ['createService', { ...service, loadBalancers: [{ containerName: 'x' }] }, invalid('loadBalancers')],
  [
    'createService',
    { ...service, deploymentController: { type: 'EXTERNAL' } },
    invalid('deploymentController.type EXTERNAL'),
  ],
  ['createService', { ...service, healthCheckGracePeriodSeconds: -1 }, invalid('healthCheckGracePeriodSeconds')],
  ['createService', service, { service: { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT' }] } }],
  [
    'putClusterCapacityProviders',
    { cluster, capacityProviders: [], defaultCapacityProviderStrategy: [] },
    refused('ResourceInUseException'),
  ],
  ['listServices', { cluster, launchType: 'EC2' }, { serviceArns: [] }],
  ['listServices', { cluster, resourceManagementType: 'ECS' }, { serviceArns: [] }],
  ['listServices', { cluster, schedulingStrategy: 'NEVER' }, invalid("'NEVER'")],
  ['describeServices', { cluster, services: [arn('service/other/web')] }, invalid('Identifier is for cluster other')],
  [
    'updateService',
    { cluster, service: 'web', volumeConfigurations: [{ name: 'v' }] },
    invalid('volumeConfigurations'),
  ],
  ['listServiceDeployments', { cluster, service: 'unknown' }, noService],
  ['listServiceDeployments', { cluster, service: 'web', status: ['SLOW'] }, invalid("'SLOW'")],
  ['listServiceDeployments', { cluster, service: 'web', status: ['STOPPED'] }, { serviceDeployments: [] }],
  ['describeServiceDeployments', { serviceDeploymentArns: [] }, invalid('between 1 and 20')],
  [
    'describeServiceDeployments',
    { serviceDeploymentArns: [arn('service-deployment/main/web/1')] },
    { failures: [{ reason: 'MISSING' }] },
  ],
  [
    'describeServiceRevisions',
    { serviceRevisionArns: [arn('service-deployment/main/web/1')] },
    invalid('no ARN of a service-revision'),
  ],
];

test("ninety more calls are answered as the service's model and reference say", async ({ it }) => {
  const { ecs } = it;
  await follow(ecs, [...clusters, ...definitions, ...runs, ...services]);
  const { tasks: [task] = [] } = await ecs.runTask({ ...run, enableExecuteCommand: true });
  expect(await runningTask(ecs, task!.taskArn!)).toMatchObject({ capacityProviderName: 'FARGATE_SPOT' });
  await ecs.stopTask({ cluster, task: task!.taskArn });
  await stoppedTask(ecs, task!.taskArn!);
  await stableService(ecs);
  await ecs.updateService({ cluster, service: 'web', forceNewDeployment: true });
  await stableService(ecs);
  const { serviceDeployments = [] } = await ecs.listServiceDeployments({ cluster, service: 'web' });
  const [last, first] = serviceDeployments;
  await follow(ecs, [
    [
      'listServiceDeployments',
      { cluster, service: 'web', maxResults: 1 },
      { serviceDeployments: [last], nextToken: expect.any(String) },
    ],
    [
      'listServiceDeployments',
      { cluster, service: 'web', createdAt: { before: last!.createdAt } },
      { serviceDeployments: [first] },
    ],
    [
      'describeServiceDeployments',
      { serviceDeploymentArns: [last!.serviceDeploymentArn] },
      {
        serviceDeployments: [
          {
            status: 'SUCCESSFUL',
            finishedAt: expect.any(Date),
            targetServiceRevision: { arn: last!.targetServiceRevisionArn, requestedTaskCount: 1, runningTaskCount: 1 },
            sourceServiceRevisions: [{ arn: first!.targetServiceRevisionArn, runningTaskCount: 0 }],
            deploymentCircuitBreaker: { status: 'DISABLED', failureCount: 0 },
          },
        ],
        failures: [],
      },
    ],
    [
      'describeServiceRevisions',
      { serviceRevisionArns: [last!.targetServiceRevisionArn] },
      { serviceRevisions: [{ taskDefinition: arn('task-definition/web:1'), containerImages: [{ image: 'app' }] }] },
    ],
  ]);
  expect(new Set(it.exchanges.map(({ operation }) => operation)).size).toBeGreaterThanOrEqual(25);
  expect(it.exchanges.length).toBeGreaterThanOrEqual(115);
  expect(
    it.exchanges.flatMap((exchange) =>
      complaintsAbout(exchange).map((complaint) => `${exchange.operation}: ${complaint}`),
    ),
  ).toEqual([]);
});
