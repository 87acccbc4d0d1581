import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  paginateListServices,
  paginateListTasks,
  type DesiredStatus,
  type ECSClient,
  type Service,
  type Tag,
  type Task,
} from '@aws-sdk/client-ecs';
import { inBatches } from '../lib/batches.ts';
import { TagMemory, withTags } from './tag-memory.ts';

export interface CloudClientOptions {
  /** With AWS credentials and no endpoint it uses the real service. */
  readonly ecs: ECSClient;
  readonly cluster: string;
  /** The id of the run, whose resources are the only ones that may be changed. */
  readonly run: string;
}

/** The tag of everything that a run creates in a cloud. */
export const runTag = 'proving-ground:run';

/** The most that one request may describe. */
const atOnce = { tasks: 100, services: 10 };

/** Thrown instead of changing a cluster, service or task of another owner. */
export class ForeignResource extends Error {
  constructor(what: string, run: string) {
    super(`${what} does not carry the tag ${runTag} = ${run}, and is not touched: it belongs to another owner.`);
    this.name = 'ForeignResource';
  }
}

/** What a cluster of ECS has, and what of it is the run's. Every method sends requests, and changes nothing. */
export class CloudResources {
  readonly ecs: ECSClient;
  readonly cluster: string;
  readonly run: string;
  readonly #memory = new TagMemory();
  #isClusterOurs = false;

  constructor({ ecs, cluster, run }: CloudClientOptions) {
    this.ecs = ecs;
    this.cluster = cluster;
    this.run = run;
  }

  /** To be called before anything in the cluster is changed. @throws ForeignResource */
  async checkCluster(): Promise<void> {
    if (this.#isClusterOurs) return;
    const { clusters: [cluster] = [] } = await this.ecs.send(
      new DescribeClustersCommand({ clusters: [this.cluster], include: ['TAGS'] }),
    );
    if (cluster === undefined) throw new Error(`There is no cluster ${this.cluster}.`);
    if (!this.#isOurs(cluster)) throw new ForeignResource(`The cluster ${this.cluster}`, this.run);
    this.#isClusterOurs = true;
  }

  /** A service of the run. @throws ForeignResource, and Error when there is none. */
  async service(name: string): Promise<Service> {
    const [service] = await this.#describeServices([name]);
    if (service === undefined) throw new Error(`There is no service ${name} in the cluster ${this.cluster}.`);
    if (!this.#isOurs(service)) throw new ForeignResource(`The service ${name}`, this.run);
    return service;
  }

  /** The run's services that are not deleted. */
  async services(): Promise<Service[]> {
    const arns: string[] = [];
    for await (const { serviceArns = [] } of paginateListServices({ client: this.ecs }, { cluster: this.cluster }))
      arns.push(...serviceArns);
    return (await this.#describeServices(arns)).filter((service) => this.#isOurs(service));
  }

  /** A task of the run. @throws ForeignResource, and Error when there is none. */
  async task(arn: string): Promise<Task> {
    const [task] = await this.#describeTasks([arn]);
    if (task === undefined) throw new Error(`There is no task ${arn}, or it has been stopped for more than an hour.`);
    if (!this.#isOurs(task)) throw new ForeignResource(`The task ${arn}`, this.run);
    return task;
  }

  /** The run's tasks, including those that stopped in the last hour. */
  async tasks(): Promise<Task[]> {
    const found = await Promise.all([this.#listTasks('RUNNING'), this.#listTasks('STOPPED')]);
    // A task that stops between the two answers appears in both.
    return [...new Map(found.flat().map((task) => [task.taskArn, task])).values()].filter((task) => this.#isOurs(task));
  }

  /** The tasks of a service of the run, by their desired status. @throws ForeignResource */
  async tasksOfService(name: string, desiredStatus: DesiredStatus): Promise<Task[]> {
    await this.service(name);
    return this.#listTasks(desiredStatus, name);
  }

  async #listTasks(desiredStatus: DesiredStatus, serviceName?: string): Promise<Task[]> {
    const arns: string[] = [];
    for await (const { taskArns = [] } of paginateListTasks(
      { client: this.ecs },
      { cluster: this.cluster, desiredStatus, serviceName },
    ))
      arns.push(...taskArns);
    return this.#describeTasks(arns);
  }

  async #describeTasks(arns: readonly string[]): Promise<Task[]> {
    return inBatches(arns, atOnce.tasks, async (tasks) => {
      const { tasks: found = [] } = await this.ecs.send(
        new DescribeTasksCommand({ cluster: this.cluster, tasks, include: ['TAGS'] }),
      );
      return this.#withServiceTags(this.#memory.complete(found));
    });
  }

  /** Tasks that ended before they were seen have the tags of their service, too. */
  async #withServiceTags(tasks: readonly Task[]): Promise<Task[]> {
    const serviceOf = ({ desiredStatus, group = '', tags = [] }: Task): string[] =>
      desiredStatus === 'STOPPED' && !tags.some(({ key }) => key === runTag)
        ? (/^service:(.+)/.exec(group)?.slice(1) ?? [])
        : [];
    const services = await this.#describeServices([...new Set(tasks.flatMap(serviceOf))]);
    return tasks.map((task) => {
      const service = services.find(({ serviceName }) => serviceOf(task)[0] === serviceName);
      return service === undefined ? task : { ...task, tags: withTags(service.tags, task.tags) };
    });
  }

  async #describeServices(names: readonly string[]): Promise<Service[]> {
    return inBatches(names, atOnce.services, async (services) => {
      const { services: found = [] } = await this.ecs.send(
        new DescribeServicesCommand({ cluster: this.cluster, services, include: ['TAGS'] }),
      );
      return found;
    });
  }

  #isOurs({ tags, startedBy }: Pick<Task, 'tags' | 'startedBy'>): boolean {
    return hasTag(tags, runTag, this.run) || startedBy === this.run;
  }
}

export function hasTag(tags: readonly Tag[] | undefined, key: string, value: string): boolean {
  return tags?.some((tag) => tag.key === key && tag.value === value) === true;
}
