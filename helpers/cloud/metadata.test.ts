import type { Task } from '@aws-sdk/client-ecs';
import { expect } from '@playwright/test';
import {
  definition,
  runningTask,
  runTask,
  stoppedTask,
  test,
  cluster,
  type TestCloud,
} from '../testing/cloud/index.ts';

async function startTask({ ecs }: TestCloud): Promise<Task> {
  const request = definition('web', '', {
    containerDefinitions: [
      {
        name: 'main',
        image: 'app',
        command: ['serve'],
        dockerLabels: { team: 'blue' },
        portMappings: [{ containerPort: 80 }],
      },
    ],
  });
  return runningTask(ecs, await runTask(ecs, request));
}

/** The address of its metadata, as a container sees it. */
async function addressIn({ containers }: Task): Promise<string> {
  const { bindIP, hostPort } = containers![0]!.networkBindings![0]!;
  const { environment } = (await (await fetch(`http://${bindIP}:${hostPort}`)).json()) as {
    environment: Record<string, string>;
  };
  return environment['ECS_CONTAINER_METADATA_URI_V4']!;
}

test('a container learns what it is, its task, and what both use', async ({ it }) => {
  const [task, other] = [await startTask(it), await startTask(it)];
  const [address, another] = [await addressIn(task), await addressIn(other)];
  const ask = async (path: string, from = address): Promise<unknown> => (await fetch(from + path)).json();
  const runtimeId = task.containers![0]!.runtimeId!;
  const container = {
    DockerId: runtimeId,
    Name: 'main',
    Image: 'app',
    KnownStatus: 'RUNNING',
    Labels: { team: 'blue', 'com.amazonaws.ecs.task-arn': task.taskArn },
    Networks: [{ NetworkMode: 'awsvpc', IPv4Addresses: ['127.0.0.1'] }],
    ContainerARN: task.containers![0]!.containerArn,
  };
  expect(await ask('')).toMatchObject(container);
  expect(await ask('/task')).toMatchObject({
    Cluster: task.clusterArn,
    TaskARN: task.taskArn,
    Family: 'web',
    Revision: '1',
    Limits: { CPU: 0.25, Memory: 512 },
    AvailabilityZone: 'us-east-1a',
    LaunchType: 'FARGATE',
    Containers: [container],
  });
  expect(await ask('', another)).toMatchObject({ ContainerARN: other.containers![0]!.containerArn });
  const stats = expect.objectContaining({
    memory_stats: { usage: expect.any(Number) },
    cpu_stats: expect.objectContaining({ cpu_usage: { total_usage: expect.any(Number) } }),
  });
  expect(await ask('/stats')).toEqual(process.platform === 'linux' ? stats : null);
  expect(Object.keys((await ask('/task/stats')) as object)).toEqual([runtimeId]);

  for (const wrong of ['/secrets', `0`]) expect((await fetch(address + wrong)).status, wrong).toBe(404);
  await it.ecs.stopTask({ cluster, task: task.taskArn });
  await stoppedTask(it.ecs, task.taskArn!);
  expect((await fetch(address)).status, 'of a container that has ended').toBe(404);
});
