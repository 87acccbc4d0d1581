import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  waitUntilServicesStable,
  waitUntilTasksRunning,
  waitUntilTasksStopped,
  type CreateServiceRequest,
  type ECSClient,
  type RegisterTaskDefinitionRequest,
  type RunTaskRequest,
  type Service,
  type Task,
} from '@aws-sdk/client-ecs';
import { definition } from './cloud.ts';

/** Options of the SDK's waiters for polling every 50 ms. */
export const soon = { minDelay: 0.05, maxDelay: 0.05, maxWaitTime: 20 };

/** Options with which all tasks of the tests are started. */
export const launch: Pick<RunTaskRequest, 'launchType' | 'networkConfiguration'> = {
  launchType: 'FARGATE',
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
};
export const cluster = 'main';

/** Creates the cluster `main` and a task definition, and starts a task. Returns its ARN. */
export async function runTask(
  ecs: ECSClient,
  request: RegisterTaskDefinitionRequest,
  options: Partial<RunTaskRequest> = {},
): Promise<string> {
  await ecs.send(new CreateClusterCommand({ clusterName: cluster }));
  await ecs.send(new RegisterTaskDefinitionCommand(request));
  const { tasks } = await ecs.send(
    new RunTaskCommand({ cluster, taskDefinition: request.family, ...launch, ...options }),
  );
  return tasks![0]!.taskArn!;
}

export async function describeTask(ecs: ECSClient, arn: string): Promise<Task> {
  return (await ecs.send(new DescribeTasksCommand({ cluster, tasks: [arn] }))).tasks![0]!;
}

/** Waits until the task runs, and returns it. */
export async function runningTask(ecs: ECSClient, arn: string): Promise<Task> {
  await waitUntilTasksRunning({ client: ecs, ...soon }, { cluster, tasks: [arn] });
  return describeTask(ecs, arn);
}

/** Waits until the task has stopped, and returns it. */
export async function stoppedTask(ecs: ECSClient, arn: string): Promise<Task> {
  await waitUntilTasksStopped({ client: ecs, ...soon }, { cluster, tasks: [arn] });
  return describeTask(ecs, arn);
}

/** Creates the cluster `main` and the service `web`. */
export async function createService(
  ecs: ECSClient,
  what: string,
  desiredCount: number,
  options: Partial<CreateServiceRequest> = {},
): Promise<void> {
  await ecs.send(new CreateClusterCommand({ clusterName: cluster }));
  await ecs.send(new RegisterTaskDefinitionCommand(definition('web', what)));
  await ecs.send(
    new CreateServiceCommand({
      cluster,
      serviceName: 'web',
      taskDefinition: 'web',
      desiredCount,
      ...launch,
      ...options,
    }),
  );
}

export async function describeService(ecs: ECSClient): Promise<Service> {
  return (await ecs.send(new DescribeServicesCommand({ cluster, services: ['web'] }))).services![0]!;
}

/** Waits until the service `web` is stable, and returns it. */
export async function stableService(ecs: ECSClient): Promise<Service> {
  await waitUntilServicesStable({ client: ecs, ...soon }, { cluster, services: ['web'] });
  return describeService(ecs);
}

/** The ARNs of the service's tasks with the desired status RUNNING. */
export async function tasksOfService(ecs: ECSClient): Promise<string[]> {
  return (await ecs.send(new ListTasksCommand({ cluster, serviceName: 'web' }))).taskArns!;
}
