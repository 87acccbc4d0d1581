import { type Service, type Task, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import type { CloudResources } from './cloud-resources.ts';
import { awaited, type Timeouts } from './cloud-wait.ts';

/** The number of a service's tasks. */
export interface Counts {
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
}

/** One service of the run. Every method sends a request. @throws ForeignResource where it is another owner's. */
export class CloudService {
  readonly name: string;
  readonly #resources: CloudResources;

  constructor(name: string, resources: CloudResources) {
    this.name = name;
    this.#resources = resources;
  }

  async counts(): Promise<Counts> {
    return countsOf(await this.#resources.service(this.name));
  }

  /** Changes its desired count. */
  async scale(count: number): Promise<void> {
    const { ecs, cluster } = this.#resources;
    await this.#resources.checkCluster();
    await this.#resources.service(this.name);
    await ecs.send(new UpdateServiceCommand({ cluster, service: this.name, desiredCount: count }));
  }

  /** Tasks with the desired status RUNNING. */
  async tasks(): Promise<Task[]> {
    return this.#resources.tasksOfService(this.name, 'RUNNING');
  }

  /** Tasks with the desired status STOPPED that still run, which no count of a service includes. */
  async ending(): Promise<Task[]> {
    const ending = await this.#resources.tasksOfService(this.name, 'STOPPED');
    return ending.filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  }

  /** Resolves when the service has one deployment and all its tasks. @throws Error when it does not in time. */
  async waitForStable(patience: Timeouts = {}): Promise<Service> {
    return awaited(
      () => this.#resources.service(this.name),
      (service) => {
        const { desired, running, pending } = countsOf(service);
        return running === desired && pending === 0 && service.deployments?.length === 1;
      },
      (service) => {
        const { desired, running, pending } = countsOf(service);
        const deployments = service.deployments?.length ?? 0;
        const said = service.events?.[0]?.message ?? 'nothing';
        return (
          `the service ${this.name} to be stable: ${running} of ${desired} run, ${pending} are pending, ` +
          `${deployments} deployments; it last said "${said}"`
        );
      },
      patience,
    );
  }
}

function countsOf({ desiredCount = 0, runningCount = 0, pendingCount = 0 }: Service): Counts {
  return { desired: desiredCount, running: runningCount, pending: pendingCount };
}
