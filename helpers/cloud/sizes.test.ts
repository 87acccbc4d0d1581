import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import { expect } from '@playwright/test';
import { cluster, definition, launch, test } from '../testing/cloud/index.ts';
import { sizes } from './sizes.ts';

for (const [cpu, memory, units, mib] of [
  ['1 vCPU', '2 GB', '1024', '2048'],
  ['.5 vCPU', '1GB', '512', '1024'],
  ['0.25VCPU', '.5 gb', '256', '512'],
  ['256', '512', '256', '512'],
] as const)
  test(`a task of ${cpu} and ${memory} has ${units} units and ${mib} MiB`, async ({ it: { ecs } }) => {
    const { taskDefinition } = await ecs.registerTaskDefinition(definition('web', 'serve', { cpu, memory }));
    expect(taskDefinition).toMatchObject({ cpu: units, memory: mib });
  });

test('sizes that the service does not have are refused', () => {
  for (const cpu of ['', '1 GB', 'one', '-1', '.1 vCPU', '0', '1.5'])
    expect(() => sizes.normal({ cpu }), cpu).toThrow("Invalid 'cpu' setting for task.");
  expect(() => sizes.normal({ memory: '1 vCPU' })).toThrow("Invalid 'memory' setting for task.");
  for (const [cpu, memory] of [
    ['256', '1536'],
    ['512', '512'],
    ['1024', '9216'],
    ['8192', '18432'],
    ['300', '512'],
    ['256', undefined],
  ])
    expect(() => sizes.checkFargate({ cpu, memory }), `${cpu} ${memory}`).toThrow('No Fargate configuration exists');
  for (const sizeInGiB of [20, 201, 10])
    expect(() => sizes.checkStorage({ sizeInGiB })).toThrow('between 21 and 200 GiB');
  for (const sizeInGiB of [21, 200]) sizes.checkStorage({ sizeInGiB });
});

const one = (container: Partial<ContainerDefinition>): Partial<RegisterTaskDefinitionRequest> => ({
  containerDefinitions: [{ name: 'main', image: 'app', ...container }],
});

const refused: readonly (readonly [what: string, change: Partial<RegisterTaskDefinitionRequest>, message: string])[] = [
  ['a container with more memory than its task', one({ memory: 4096 }), "'memory' setting for container 'main'"],
  ['a container with more CPU than its task', one({ cpu: 512 }), "containers' 'cpu' is more than the task's"],
  ['a container with less than 6 MiB', one({ memory: 5 }), 'at least 6 MiB'],
  [
    'a container that reserves all of its memory',
    one({ memory: 256, memoryReservation: 256 }),
    "'memory' must be greater than 'memoryReservation'",
  ],
  [
    'containers that reserve more than their task has',
    {
      containerDefinitions: [
        { name: 'one', image: 'app', memory: 300 },
        { name: 'two', image: 'app', memory: 300 },
      ],
    },
    "containers' 'memory' is more than the task's",
  ],
  ['a disk of 10 GiB', { ephemeralStorage: { sizeInGiB: 10 } }, 'between 21 and 200 GiB'],
  [
    'another host port in an awsvpc network',
    one({ portMappings: [{ containerPort: 80, hostPort: 8080 }] }),
    'the host ports and container ports in port mappings must match',
  ],
];

for (const [what, change, message] of refused)
  test(`a task definition with ${what} is refused`, async ({ it: { ecs } }) => {
    await expect(ecs.registerTaskDefinition(definition('web', 'serve', change))).rejects.toMatchObject({
      name: 'ClientException',
      message: expect.stringContaining(message),
    });
  });

test('a run changes the size of its task and container within the rules', async ({ it: { ecs, cloud } }) => {
  await ecs.createCluster({ clusterName: cluster });
  await ecs.registerTaskDefinition(definition('web', 'serve'));
  const run = { cluster, taskDefinition: 'web', ...launch };
  for (const overrides of [
    { cpu: '300', memory: '7' },
    { memory: '4096' },
    { ephemeralStorage: { sizeInGiB: 10 } },
    { containerOverrides: [{ name: 'main', memory: 4096 }] },
  ])
    await expect(ecs.runTask({ ...run, overrides })).rejects.toMatchObject({ name: 'ClientException' });
  const { tasks } = await ecs.runTask({
    ...run,
    overrides: { cpu: '.5 vCPU', memory: '1 GB', containerOverrides: [{ name: 'main', memory: 700 }] },
  });
  expect(tasks).toMatchObject([{ cpu: '512', memory: '1024', containers: [{ memory: '700' }] }]);
  expect(cloud.bills()).toMatchObject([{ vcpu: 0.5, memoryGb: 1 }]);
});
