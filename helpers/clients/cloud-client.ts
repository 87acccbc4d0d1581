import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ExecuteCommandCommand,
  paginateListServices,
  paginateListTasks,
  StopTaskCommand,
  TargetNotConnectedException,
  UpdateServiceCommand,
  type DesiredStatus,
  type ECSClient,
  type Service,
  type Session,
  type Tag,
  type Task,
} from '@aws-sdk/client-ecs';
import { poll } from '../lib/wait.ts';
import { runInSession, type TaskBill } from '../cloud/index.ts';
import { type CommandResult, tellExitCode } from './exit-code.ts';
import { TagMemory, withTags } from './tag-memory.ts';

export interface CloudClientOptions {
  /** With AWS credentials and no endpoint it uses the real service. */
  readonly ecs: ECSClient;
  readonly cluster: string;
  /** The id of the run, whose resources are the only ones that may be changed. */
  readonly run: string;
}

/** The number of a service's tasks. */
export interface Counts {
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
}

/** A run's resources in the cloud: ARNs of services that are not deleted and of tasks that are not stopped. */
export interface CloudInventory {
  readonly services: readonly string[];
  readonly tasks: readonly string[];
}

export interface Timeouts {
  /** Milliseconds. */
  readonly timeout?: number;
}

/** The tag of everything that a run creates in a cloud. */
export const runTag = 'proving-ground:run';
/** The tag with the session of a task. */
export const sessionTag = 'session';

const defaultTimeout = 60_000;
/** Milliseconds between two polls: short at first, later within the limits of a real service. */
const pace = { interval: 20, growth: 1.5, longest: 1_000 };
const atOnce = { tasks: 100, services: 10 };

/** Thrown instead of changing a cluster, service or task of another owner. */
export class ForeignResource extends Error {
  constructor(what: string, run: string) {
    super(`${what} does not carry the tag ${runTag} = ${run}, and is not touched: it belongs to another owner.`);
    this.name = 'ForeignResource';
  }
}

/** A client for a cluster of ECS, the real or the local one, that only changes what its run has created. */
export class CloudClient {
  readonly #ecs: ECSClient;
  readonly #cluster: string;
  readonly #run: string;
  readonly #memory = new TagMemory();
  #isClusterOurs = false;

  constructor({ ecs, cluster, run }: CloudClientOptions) {
    this.#ecs = ecs;
    this.#cluster = cluster;
    this.#run = run;
  }

  /** The tags that everything the run creates must have. Tasks of a service need `propagateTags: 'SERVICE'`. */
  get tags(): Tag[] {
    return [{ key: runTag, value: this.#run }];
  }

  /**
   * The `startedBy` that every task which the run starts by RunTask must have: it tells whose a task was that has
   * stopped, and has no tags any more. A service's tasks are known by their service.
   */
  get startedBy(): string {
    return this.#run;
  }

  /** A service by its name; sends no request. */
  service(name: string): CloudService {
    return new CloudService(name, this);
  }

  /** A task by its ARN. @throws ForeignResource, and Error when there is none. */
  async task(arn: string): Promise<Task> {
    const [task] = await this.#describeTasks([arn]);
    if (task === undefined) throw new Error(`There is no task ${arn}, or it has been stopped for more than an hour.`);
    if (!this.#isOurs(task)) throw new ForeignResource(`The task ${arn}`, this.#run);
    return task;
  }

  /** The run's tasks of a session: those that run, and stopped ones that this client has seen before. */
  async tasksOf(session: string): Promise<Task[]> {
    return (await this.#allTasks()).filter(({ tags }) => hasTag(tags, sessionTag, session));
  }

  /** Asks a task to end. @throws ForeignResource */
  async stop(arn: string, reason?: string): Promise<void> {
    await this.#checkCluster();
    await this.task(arn);
    await this.#ecs.send(new StopTaskCommand({ cluster: this.#cluster, task: arn, reason }));
  }

  /** Resolves with the task when it runs. @throws Error when it has ended, or does not run in time. */
  async waitForRunning(arn: string, patience: Timeouts = {}): Promise<Task> {
    return awaited(
      () => this.task(arn),
      (task) => {
        if (task.desiredStatus === 'STOPPED')
          throw new Error(
            `The task ${arn} does not run: ${task.stopCode ?? 'it is to stop'}, ${task.stoppedReason ?? 'for no reason that is told'}`,
          );
        return task.lastStatus === 'RUNNING';
      },
      ({ lastStatus }) => `the task ${arn} to be RUNNING: it is ${lastStatus}`,
      patience,
    );
  }

  /** Resolves with the task when it has stopped. @throws Error when it does not stop in time. */
  async waitForStopped(arn: string, patience: Timeouts = {}): Promise<Task> {
    return awaited(
      () => this.task(arn),
      ({ lastStatus }) => lastStatus === 'STOPPED',
      ({ lastStatus, desiredStatus }) =>
        `the task ${arn} to be STOPPED: it is ${lastStatus}, and is to be ${desiredStatus}`,
      patience,
    );
  }

  /**
   * Runs a command in a task's container, by ECS Exec. Waits for the agent of a task that has just started to connect.
   * The container needs a POSIX shell, which tells the exit code, because the service does not.
   * @throws ForeignResource, and Error when the command has not ended in time.
   */
  async exec(
    arn: string,
    command: string,
    { timeout = defaultTimeout, container }: Timeouts & { readonly container?: string } = {},
  ): Promise<CommandResult> {
    const telling = tellExitCode(command);
    const deadline = performance.now() + timeout;
    const rest = (): Timeouts => ({ timeout: Math.max(1, Math.round(deadline - performance.now())) });
    await this.#checkCluster();
    const session = await awaited(
      async () => {
        await this.waitForRunning(arn, rest());
        return this.#openSession(arn, telling.command, container);
      },
      (opened) => opened !== undefined,
      () => `the agent of the task ${arn} to be connected`,
      rest(),
    );
    return telling.read(await runInSession(session!, rest()));
  }

  /** The billing data of the run's tasks, including those that stopped in the last hour. */
  async bills(): Promise<TaskBill[]> {
    return (await this.#allTasks()).map(
      ({ taskArn, taskDefinitionArn, cpu, memory, pullStartedAt, stoppedAt, stopCode }) => ({
        arn: taskArn!,
        family: /task-definition\/(.+):\d+$/.exec(taskDefinitionArn!)![1]!,
        vcpu: Number(cpu) / 1024,
        memoryGb: Number(memory) / 1024,
        pullStartedAt,
        stoppedAt,
        stopCode,
      }),
    );
  }

  /** The run's resources. */
  async inventory(): Promise<CloudInventory> {
    const arns: string[] = [];
    for await (const { serviceArns = [] } of paginateListServices({ client: this.#ecs }, { cluster: this.#cluster }))
      arns.push(...serviceArns);
    const services = (
      await Promise.all(batches(arns, atOnce.services).map((batch) => this.#describeServices(batch)))
    ).flat();
    return {
      services: services.filter((service) => this.#isOurs(service)).map(({ serviceArn }) => serviceArn!),
      tasks: (await this.#allTasks())
        .filter(({ lastStatus }) => lastStatus !== 'STOPPED')
        .map(({ taskArn }) => taskArn!),
    };
  }

  /** Describes a service. @throws ForeignResource, and Error when there is none. */
  async describeService(name: string): Promise<Service> {
    const [service] = await this.#describeServices([name]);
    if (service === undefined) throw new Error(`There is no service ${name} in the cluster ${this.#cluster}.`);
    if (!this.#isOurs(service)) throw new ForeignResource(`The service ${name}`, this.#run);
    return service;
  }

  /** Changes a service's desired count. @throws ForeignResource */
  async scale(name: string, count: number): Promise<void> {
    await this.#checkCluster();
    await this.describeService(name);
    await this.#ecs.send(new UpdateServiceCommand({ cluster: this.#cluster, service: name, desiredCount: count }));
  }

  /** The service's tasks with the desired status RUNNING. */
  async tasksOfService(name: string): Promise<Task[]> {
    await this.describeService(name);
    return this.#listTasks('RUNNING', name);
  }

  /** The service's tasks with the desired status STOPPED that have not stopped yet. */
  async endingTasksOfService(name: string): Promise<Task[]> {
    await this.describeService(name);
    return (await this.#listTasks('STOPPED', name)).filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  }

  /** Checked before anything in the cluster is changed. @throws ForeignResource */
  async #checkCluster(): Promise<void> {
    if (this.#isClusterOurs) return;
    const { clusters: [cluster] = [] } = await this.#ecs.send(
      new DescribeClustersCommand({ clusters: [this.#cluster], include: ['TAGS'] }),
    );
    if (cluster === undefined) throw new Error(`There is no cluster ${this.#cluster}.`);
    if (!this.#isOurs(cluster)) throw new ForeignResource(`The cluster ${this.#cluster}`, this.#run);
    this.#isClusterOurs = true;
  }

  /** Undefined while the agent is not connected. */
  async #openSession(task: string, command: string, container: string | undefined): Promise<Session | undefined> {
    try {
      return (
        await this.#ecs.send(
          new ExecuteCommandCommand({ cluster: this.#cluster, task, command, container, interactive: true }),
        )
      ).session;
    } catch (error) {
      if (error instanceof TargetNotConnectedException) return undefined;
      throw error;
    }
  }

  async #allTasks(): Promise<Task[]> {
    const found = await Promise.all([this.#listTasks('RUNNING'), this.#listTasks('STOPPED')]);
    // A task that stops between the two answers appears in both.
    return [...new Map(found.flat().map((task) => [task.taskArn, task])).values()].filter((task) => this.#isOurs(task));
  }

  async #listTasks(desiredStatus: DesiredStatus, serviceName?: string): Promise<Task[]> {
    const arns: string[] = [];
    for await (const { taskArns = [] } of paginateListTasks(
      { client: this.#ecs },
      { cluster: this.#cluster, desiredStatus, serviceName },
    ))
      arns.push(...taskArns);
    return (await Promise.all(batches(arns, atOnce.tasks).map((batch) => this.#describeTasks(batch)))).flat();
  }

  async #describeTasks(tasks: string[]): Promise<Task[]> {
    const { tasks: found = [] } = await this.#ecs.send(
      new DescribeTasksCommand({ cluster: this.#cluster, tasks, include: ['TAGS'] }),
    );
    return this.#withServiceTags(this.#memory.complete(found));
  }

  /** Tasks that ended before they were seen have the tags of their service, too. */
  async #withServiceTags(tasks: readonly Task[]): Promise<Task[]> {
    const serviceOf = ({ desiredStatus, group = '', tags = [] }: Task): string[] =>
      desiredStatus === 'STOPPED' && !tags.some(({ key }) => key === runTag)
        ? (/^service:(.+)/.exec(group)?.slice(1) ?? [])
        : [];
    const names = [...new Set(tasks.flatMap(serviceOf))];
    const services = (
      await Promise.all(batches(names, atOnce.services).map((batch) => this.#describeServices(batch)))
    ).flat();
    return tasks.map((task) => {
      const service = services.find(({ serviceName }) => serviceOf(task)[0] === serviceName);
      return service === undefined ? task : { ...task, tags: withTags(service.tags, task.tags) };
    });
  }

  async #describeServices(services: string[]): Promise<Service[]> {
    return (
      (await this.#ecs.send(new DescribeServicesCommand({ cluster: this.#cluster, services, include: ['TAGS'] })))
        .services ?? []
    );
  }

  #isOurs({ tags, startedBy }: Pick<Task, 'tags' | 'startedBy'>): boolean {
    return hasTag(tags, runTag, this.#run) || startedBy === this.#run;
  }
}

/** One service. Every method sends a request. */
export class CloudService {
  readonly name: string;
  readonly #client: CloudClient;

  constructor(name: string, client: CloudClient) {
    this.name = name;
    this.#client = client;
  }

  async counts(): Promise<Counts> {
    return countsOf(await this.#client.describeService(this.name));
  }

  /** @throws ForeignResource */
  async scale(count: number): Promise<void> {
    await this.#client.scale(this.name, count);
  }

  /** Tasks with the desired status RUNNING. */
  async tasks(): Promise<Task[]> {
    return this.#client.tasksOfService(this.name);
  }

  /** Tasks with the desired status STOPPED that still run, which no count of a service includes. */
  async ending(): Promise<Task[]> {
    return this.#client.endingTasksOfService(this.name);
  }

  /** Resolves when the service has one deployment and all its tasks. @throws Error when it does not in time. */
  async waitForStable(patience: Timeouts = {}): Promise<Service> {
    return awaited(
      () => this.#client.describeService(this.name),
      (service) => {
        const { desired, running, pending } = countsOf(service);
        return running === desired && pending === 0 && service.deployments?.length === 1;
      },
      (service) => {
        const { desired, running, pending } = countsOf(service);
        return `the service ${this.name} to be stable: ${running} of ${desired} run, ${pending} are pending, ${service.deployments?.length ?? 0} deployments; it last said "${service.events?.[0]?.message ?? 'nothing'}"`;
      },
      patience,
    );
  }
}

function countsOf({ desiredCount = 0, runningCount = 0, pendingCount = 0 }: Service): Counts {
  return { desired: desiredCount, running: runningCount, pending: pendingCount };
}

function hasTag(tags: readonly Tag[] | undefined, key: string, value: string): boolean {
  return tags?.some((tag) => tag.key === key && tag.value === value) === true;
}

function batches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, place) =>
    items.slice(place * size, (place + 1) * size),
  );
}

async function awaited<T>(
  look: () => Promise<T>,
  isDone: (found: T) => boolean,
  what: (found: T) => string,
  { timeout = defaultTimeout }: Timeouts,
): Promise<T> {
  const found = await poll(look, isDone, { timeout, ...pace });
  if (!isDone(found)) throw new Error(`Waited ${timeout / 1000} s for ${what(found)}.`);
  return found;
}
