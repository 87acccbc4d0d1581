import { once } from 'node:events';
import { connect } from 'node:net';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ExecuteCommandCommand,
  GetTaskProtectionCommand,
  ListAttributesCommand,
  ListClustersCommand,
  ListServicesCommand,
  ListTagsForResourceCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  paginateListTasks,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateServiceCommand,
  UpdateTaskProtectionCommand,
  waitUntilServicesInactive,
  waitUntilServicesStable,
  waitUntilTasksRunning,
  waitUntilTasksStopped,
} from '@aws-sdk/client-ecs';
import { expect, test } from '@playwright/test';
import {
  answerOf,
  cluster,
  complaintsAbout,
  definition,
  launch,
  openTestCloud,
  signed,
  soon,
  targetOf,
} from '../testing/cloud/index.ts';

const fails = (name: string, message: string): Record<string, unknown> => ({
  name,
  message,
  $metadata: expect.objectContaining({ httpStatusCode: 400 }),
});

test("every answer is one that the service's own model allows", async () => {
  await using it = await openTestCloud();
  const { ecs } = it;
  const arn = (path: string): string => `arn:aws:ecs:us-east-1:123456789012:${path}`;

  // Clusters
  await expect(ecs.send(new DescribeClustersCommand({ clusters: [cluster] }))).resolves.toMatchObject({
    clusters: [],
    failures: [{ arn: arn('cluster/main'), reason: 'MISSING' }],
  });
  await expect(ecs.send(new ListTasksCommand({}))).rejects.toMatchObject(
    fails('ClusterNotFoundException', 'Cluster not found.'),
  );
  await expect(ecs.send(new CreateClusterCommand({ clusterName: 'no spaces' }))).rejects.toMatchObject(
    fails('InvalidParameterException', 'Identifier contains invalid characters.'),
  );
  await expect(
    ecs.send(
      new CreateClusterCommand({
        clusterName: cluster,
        tags: [
          { key: 'a', value: '1' },
          { key: 'a', value: '2' },
        ],
      }),
    ),
  ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  const { cluster: made } = await ecs.send(
    new CreateClusterCommand({ clusterName: cluster, tags: [{ key: 'team', value: 'blue' }] }),
  );
  expect(made).toMatchObject({
    clusterArn: arn('cluster/main'),
    status: 'ACTIVE',
    tags: [{ key: 'team', value: 'blue' }],
  });
  expect((await ecs.send(new CreateClusterCommand({ clusterName: cluster }))).cluster).toEqual(made);
  await ecs.send(new CreateClusterCommand({}));
  expect((await ecs.send(new ListClustersCommand({}))).clusterArns).toEqual([
    arn('cluster/main'),
    arn('cluster/default'),
  ]);
  const firstPage = await ecs.send(new ListClustersCommand({ maxResults: 1 }));
  expect(await ecs.send(new ListClustersCommand({ maxResults: 1, nextToken: firstPage.nextToken }))).toMatchObject({
    clusterArns: [arn('cluster/default')],
  });
  await expect(ecs.send(new ListClustersCommand({ nextToken: 'x' }))).rejects.toMatchObject(
    fails('InvalidParameterException', 'Invalid token.'),
  );
  await expect(ecs.send(new ListClustersCommand({ maxResults: 101 }))).rejects.toMatchObject(
    fails('InvalidParameterException', 'maxResults must be between 1 and 100.'),
  );
  expect((await ecs.send(new DescribeClustersCommand({ clusters: [cluster] }))).clusters).toMatchObject([{ tags: [] }]);
  expect(
    (await ecs.send(new DescribeClustersCommand({ clusters: [made!.clusterArn!], include: ['TAGS'] }))).clusters,
  ).toMatchObject([{ tags: [{ key: 'team', value: 'blue' }] }]);

  // Task definitions
  const web = definition('web', 'serve', { tags: [{ key: 'from', value: 'definition' }] });
  const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand(web));
  expect(taskDefinition).toMatchObject({
    taskDefinitionArn: arn('task-definition/web:1'),
    revision: 1,
    status: 'ACTIVE',
    compatibilities: ['EC2', 'FARGATE'],
    containerDefinitions: [{ name: 'main', essential: true, cpu: 0 }],
  });
  await ecs.send(new RegisterTaskDefinitionCommand(web));
  for (const [change, message] of [
    [{ family: 'no spaces' }, 'Family contains invalid characters.'],
    [{ containerDefinitions: [] }, 'Container list cannot be empty.'],
    [{ containerDefinitions: [{ name: 'main' }] }, 'Container.image should not be null or empty.'],
    [{ memory: '513' }, 'No Fargate configuration exists for given values.'],
    [{ networkMode: 'bridge' as const }, 'Fargate only supports network mode ‘awsvpc’.'],
    [
      {
        containerDefinitions: [
          { name: 'main', image: 'app', mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }] },
        ],
      },
      "Unknown volume 'v'.",
    ],
    [{ volumes: [{ name: '../up' }] }, 'Volume.name contains invalid characters.'],
    [
      { containerDefinitions: [{ name: 'main', image: 'app', secrets: [{ name: 'S', valueFrom: 'arn' }] }] },
      'This control plane does not provide containerDefinitions[0].secrets.',
    ],
  ] as const) {
    await expect(
      ecs.send(new RegisterTaskDefinitionCommand({ ...web, ...(structuredClone(change) as object) })),
    ).rejects.toMatchObject(fails('ClientException', message));
  }
  await expect(
    ecs.send(new RegisterTaskDefinitionCommand({ ...web, networkMode: 'x' as 'host' })),
  ).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringContaining("Value 'x' at 'networkMode'"),
  });
  expect(await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web', include: ['TAGS'] }))).toMatchObject(
    { taskDefinition: { revision: 2 }, tags: [{ key: 'from', value: 'definition' }] },
  );
  expect(await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web:1' }))).toMatchObject({
    taskDefinition: { revision: 1 },
    tags: [],
  });
  await expect(ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'nobody' }))).rejects.toMatchObject(
    fails('ClientException', 'Unable to describe task definition.'),
  );
  await expect(ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'web' }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
  expect(
    (await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'web:2' }))).taskDefinition,
  ).toMatchObject({ status: 'INACTIVE', deregisteredAt: expect.any(Date) });
  expect((await ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: 'web' }))).taskDefinitionArns).toEqual([
    arn('task-definition/web:1'),
  ]);
  expect(
    (await ecs.send(new ListTaskDefinitionsCommand({ status: 'INACTIVE', sort: 'DESC' }))).taskDefinitionArns,
  ).toEqual([arn('task-definition/web:2')]);

  // Tasks
  const run = { cluster, taskDefinition: 'web', ...launch };
  await expect(ecs.send(new RunTaskCommand({ ...run, taskDefinition: 'web:2' }))).rejects.toMatchObject(
    fails('ClientException', 'TaskDefinition is inactive'),
  );
  await expect(ecs.send(new RunTaskCommand({ ...run, taskDefinition: 'nobody' }))).rejects.toMatchObject(
    fails('ClientException', 'TaskDefinition not found.'),
  );
  await expect(ecs.send(new RunTaskCommand({ ...run, taskDefinition: undefined }))).rejects.toMatchObject(
    fails('InvalidParameterException', 'taskDefinition must not be null.'),
  );
  await expect(ecs.send(new RunTaskCommand({ ...run, count: 11 }))).rejects.toMatchObject(
    fails('InvalidParameterException', 'count must be between 1 and 10.'),
  );
  await expect(ecs.send(new RunTaskCommand({ ...run, launchType: 'EC2' }))).rejects.toMatchObject(
    fails('InvalidParameterException', 'No Container Instances were found in your cluster.'),
  );
  await expect(ecs.send(new RunTaskCommand({ ...run, networkConfiguration: undefined }))).rejects.toMatchObject(
    fails(
      'InvalidParameterException',
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    ),
  );
  await expect(
    ecs.send(new RunTaskCommand({ ...run, overrides: { containerOverrides: [{ name: 'x' }] } })),
  ).rejects.toMatchObject(
    fails('InvalidParameterException', 'Override for container named x is not a container in the TaskDefinition.'),
  );
  const request = new RunTaskCommand({
    ...run,
    count: 2,
    startedBy: 'me',
    clientToken: 'once',
    enableExecuteCommand: true,
    propagateTags: 'TASK_DEFINITION',
    tags: [{ key: 'session', value: '1' }],
    enableECSManagedTags: true,
  });
  const { tasks = [], failures } = await ecs.send(request);
  expect(failures).toEqual([]);
  expect(tasks[0]).toMatchObject({
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    group: 'family:web',
    startedBy: 'me',
    launchType: 'FARGATE',
    version: 1,
    tags: [
      { key: 'from', value: 'definition' },
      { key: 'session', value: '1' },
      { key: 'aws:ecs:clusterName', value: 'main' },
    ],
  });
  const arns = tasks.map(({ taskArn }) => taskArn!);
  expect((await ecs.send(request)).tasks!.map(({ taskArn }) => taskArn)).toEqual(arns);
  await expect(ecs.send(new RunTaskCommand({ ...run, clientToken: 'once' }))).rejects.toMatchObject({
    name: 'ConflictException',
  });
  await waitUntilTasksRunning({ client: ecs, ...soon }, { cluster, tasks: arns });
  await expect(
    waitUntilTasksRunning({ client: ecs, ...soon }, { cluster, tasks: [...arns, 'nobody'] }),
  ).rejects.toThrow('MISSING');
  await expect(ecs.send(new DescribeTasksCommand({ cluster, tasks: [] }))).rejects.toMatchObject(
    fails('InvalidParameterException', 'Tasks cannot be empty.'),
  );
  expect(
    await ecs.send(new DescribeTasksCommand({ cluster, tasks: [arns[0]!, 'nobody'], include: ['TAGS'] })),
  ).toMatchObject({
    tasks: [
      {
        lastStatus: 'RUNNING',
        connectivity: 'CONNECTED',
        containers: [
          { lastStatus: 'RUNNING', managedAgents: [{ name: 'ExecuteCommandAgent', lastStatus: 'RUNNING' }] },
        ],
      },
    ],
    failures: [{ arn: arn('task/main/nobody'), reason: 'MISSING' }],
  });
  const pages = [];
  for await (const page of paginateListTasks({ client: ecs, pageSize: 1 }, { cluster, startedBy: 'me' }))
    pages.push(page.taskArns);
  expect(pages).toEqual(arns.map((one) => [one]));
  expect((await ecs.send(new ListTasksCommand({ cluster, family: 'web' }))).taskArns).toEqual(arns);
  expect((await ecs.send(new ListTasksCommand({ cluster, family: 'other' }))).taskArns).toEqual([]);
  await expect(ecs.send(new ListTasksCommand({ cluster, serviceName: 'web' }))).rejects.toMatchObject(
    fails('ServiceNotFoundException', 'Service not found.'),
  );
  await expect(ecs.send(new ListTasksCommand({ cluster, desiredStatus: 'GONE' as 'STOPPED' }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
  expect(
    await ecs.send(new ExecuteCommandCommand({ cluster, task: arns[0], command: 'ls', interactive: true })),
  ).toMatchObject({
    clusterArn: made!.clusterArn,
    containerName: 'main',
    taskArn: arns[0],
    session: { streamUrl: expect.stringMatching(/^ws:/) },
  });
  await expect(ecs.send(new DeleteClusterCommand({ cluster }))).rejects.toMatchObject(
    fails('ClusterContainsTasksException', 'The Cluster cannot be deleted while Tasks are active.'),
  );
  await expect(ecs.send(new StopTaskCommand({ cluster, task: 'nobody' }))).rejects.toMatchObject(
    fails('InvalidParameterException', 'The referenced task was not found.'),
  );
  for (const task of arns) await ecs.send(new StopTaskCommand({ cluster, task }));
  await waitUntilTasksStopped({ client: ecs, ...soon }, { cluster, tasks: arns });
  await expect(waitUntilTasksRunning({ client: ecs, ...soon }, { cluster, tasks: arns })).rejects.toThrow('STOPPED');
  expect((await ecs.send(new ListTasksCommand({ cluster, desiredStatus: 'STOPPED' }))).taskArns).toEqual(arns);

  // Services
  const service = { cluster, serviceName: 'web', taskDefinition: 'web', ...launch, desiredCount: 1 };
  await expect(ecs.send(new CreateServiceCommand({ ...service, desiredCount: -1 }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
  await expect(ecs.send(new CreateServiceCommand({ ...service, schedulingStrategy: 'DAEMON' }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
  await expect(
    ecs.send(
      new CreateServiceCommand({
        ...service,
        deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 100 },
      }),
    ),
  ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  expect(
    (
      await ecs.send(
        new CreateServiceCommand({
          ...service,
          propagateTags: 'SERVICE',
          enableECSManagedTags: true,
          tags: [{ key: 'team', value: 'blue' }],
        }),
      )
    ).service,
  ).toMatchObject({
    serviceArn: arn('service/main/web'),
    status: 'ACTIVE',
    runningCount: 0,
    deployments: [{ status: 'PRIMARY', rolloutState: 'IN_PROGRESS' }],
  });
  await expect(ecs.send(new CreateServiceCommand(service))).rejects.toMatchObject(
    fails('InvalidParameterException', 'Creation of service was not idempotent.'),
  );
  await waitUntilServicesStable({ client: ecs, ...soon }, { cluster, services: ['web'] });
  await expect(waitUntilServicesStable({ client: ecs, ...soon }, { cluster, services: ['nobody'] })).rejects.toThrow(
    'MISSING',
  );
  expect(
    await ecs.send(new DescribeServicesCommand({ cluster, services: ['web', 'nobody'], include: ['TAGS'] })),
  ).toMatchObject({
    services: [{ runningCount: 1, tags: [{ key: 'team', value: 'blue' }] }],
    failures: [{ arn: arn('service/main/nobody'), reason: 'MISSING' }],
  });
  expect((await ecs.send(new ListServicesCommand({ cluster }))).serviceArns).toEqual([arn('service/main/web')]);
  const [task] = (await ecs.send(new ListTasksCommand({ cluster, serviceName: 'web' }))).taskArns!;
  expect(
    (await ecs.send(new DescribeTasksCommand({ cluster, tasks: [task!], include: ['TAGS'] }))).tasks,
  ).toMatchObject([
    {
      group: 'service:web',
      startedBy: expect.stringMatching(/^ecs-svc\//),
      tags: [
        { key: 'team', value: 'blue' },
        { key: 'aws:ecs:clusterName', value: 'main' },
        { key: 'aws:ecs:serviceName', value: 'web' },
      ],
    },
  ]);
  await expect(
    ecs.send(new UpdateServiceCommand({ cluster, service: 'nobody', desiredCount: 1 })),
  ).rejects.toMatchObject(fails('ServiceNotFoundException', 'Service not found.'));
  await expect(ecs.send(new DeleteClusterCommand({ cluster }))).rejects.toMatchObject(
    fails('ClusterContainsServicesException', 'The Cluster cannot be deleted while Services are active.'),
  );
  expect(
    (
      await ecs.send(
        new UpdateTaskProtectionCommand({ cluster, tasks: [task!, arns[0]!, 'nobody'], protectionEnabled: true }),
      )
    ).failures,
  ).toMatchObject([{ reason: 'MISSING' }, { reason: 'TASK_NOT_VALID' }]);
  expect((await ecs.send(new GetTaskProtectionCommand({ cluster }))).protectedTasks).toMatchObject([
    { taskArn: task, protectionEnabled: true },
  ]);
  expect(
    (await ecs.send(new UpdateTaskProtectionCommand({ cluster, tasks: [task!], protectionEnabled: false })))
      .protectedTasks,
  ).toEqual([{ taskArn: task, protectionEnabled: false }]);

  // Tags
  await ecs.send(new TagResourceCommand({ resourceArn: task, tags: [{ key: 'session', value: '2' }] }));
  await ecs.send(new UntagResourceCommand({ resourceArn: task, tagKeys: ['team'] }));
  expect((await ecs.send(new ListTagsForResourceCommand({ resourceArn: task }))).tags).toContainEqual({
    key: 'session',
    value: '2',
  });
  await expect(
    ecs.send(new TagResourceCommand({ resourceArn: task, tags: [{ key: 'aws:own', value: '' }] })),
  ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  await expect(ecs.send(new ListTagsForResourceCommand({ resourceArn: 'nonsense' }))).rejects.toMatchObject(
    fails('InvalidParameterException', 'Invalid resource ARN.'),
  );
  await expect(
    ecs.send(new ListTagsForResourceCommand({ resourceArn: arn('task/main/nobody') })),
  ).rejects.toMatchObject(fails('InvalidParameterException', 'The specified resource was not found.'));
  expect((await ecs.send(new ListTagsForResourceCommand({ resourceArn: arn('task-definition/web:1') }))).tags).toEqual([
    { key: 'from', value: 'definition' },
  ]);

  // The end
  await ecs.send(new UpdateServiceCommand({ cluster, service: 'web', desiredCount: 0 }));
  await ecs.send(new DeleteServiceCommand({ cluster, service: 'web' }));
  await waitUntilServicesInactive({ client: ecs, ...soon }, { cluster, services: ['web'] });
  await expect(ecs.send(new DeleteServiceCommand({ cluster, service: 'web' }))).rejects.toMatchObject(
    fails('ServiceNotFoundException', 'Service not found.'),
  );
  expect((await ecs.send(new ListServicesCommand({ cluster }))).serviceArns).toEqual([]);
  expect((await ecs.send(new DeleteClusterCommand({ cluster }))).cluster).toMatchObject({ status: 'INACTIVE' });
  await expect(ecs.send(new RunTaskCommand(run))).rejects.toMatchObject(
    fails('ClusterNotFoundException', 'The referenced cluster was inactive.'),
  );
  await expect(ecs.send(new ListAttributesCommand({ targetType: 'container-instance' }))).rejects.toMatchObject(
    fails('UnknownOperationException', 'This control plane does not provide ListAttributes.'),
  );

  expect(it.exchanges.length).toBeGreaterThanOrEqual(60); // the number of the waiters' polls varies
  expect(
    it.exchanges.flatMap((exchange) =>
      complaintsAbout(exchange).map((complaint) => `${exchange.operation}: ${complaint}`),
    ),
  ).toEqual([]);
});

test('the contract check finds a wrong answer', () => {
  const answer = (task: object): string[] =>
    complaintsAbout({
      operation: 'DescribeTasks',
      status: 200,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: { tasks: [task] },
    });
  expect(answer({ taskArn: 'a', stopCode: 'UserInitiated', createdAt: 1.5 })).toEqual([]);
  expect(answer({ taskArn: 1 })).toEqual(['tasks.0.taskArn: type: tasks.0.taskArn must be a string, and is 1']);
  expect(answer({ createdAt: '2026-01-01' })).toEqual([
    'tasks.0.createdAt: type: tasks.0.createdAt must be a number, and is "2026-01-01"',
  ]);
  expect(answer({ taskarn: 'a' })).toEqual(['tasks.0.taskarn: unknown: Task has no taskarn']);
  expect(answer({ stopCode: 'Tired' })).toEqual(['Task.stopCode cannot be Tired.']);
  expect(answer({ ephemeralStorage: {} })).toEqual([
    'tasks.0.ephemeralStorage.sizeInGiB: missing: sizeInGiB must not be null',
  ]);
  expect(
    complaintsAbout({
      operation: 'DescribeTasks',
      status: 400,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: { __type: 'ServiceNotFoundException', message: '' },
    }),
  ).toEqual(['DescribeTasks has no error ServiceNotFoundException.']);
});

test("a request outside the service's protocol is refused", async () => {
  await using it = await openTestCloud();
  const post = async (operation: string, body: string): Promise<unknown> =>
    answerOf(await signed(it.cloud, { body, headers: { 'x-amz-target': targetOf(operation) } }));
  expect(await post('ListClusters', '{')).toEqual([
    400,
    { __type: 'SerializationException', message: 'The body is no JSON.' },
  ]);
  expect(await post('ListClusters', '{"maxResults":"1"}')).toEqual([
    400,
    { __type: 'SerializationException', message: 'maxResults must be a number, and is "1"' },
  ]);
  expect(await post('DoWhatIMean', '{}')).toEqual([
    400,
    {
      __type: 'UnknownOperationException',
      message: 'There is no operation AmazonEC2ContainerServiceV20141113.DoWhatIMean.',
    },
  ]);
  expect(await post('ListClusters', '{"more":1}')).toEqual([200, { clusterArns: [] }]);
});

test('an aborted or malformed request does not disturb other clients', async () => {
  await using it = await openTestCloud();
  const { hostname, port } = new URL(it.cloud.endpoint);
  for (const words of [
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf',
    'GET // HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    'nonsense\r\n\r\n',
  ]) {
    const socket = connect(Number(port), hostname);
    socket.end(words).resume();
    await once(socket, 'close');
  }
  expect((await it.ecs.send(new ListClustersCommand({}))).clusterArns).toEqual([]);
});
