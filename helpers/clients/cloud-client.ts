import {
  ExecuteCommandCommand,
  StopTaskCommand,
  TargetNotConnectedException,
  type Session,
  type Tag,
  type Task,
} from '@aws-sdk/client-ecs';
import { runInSession, type TaskBill } from '../cloud/index.ts';
import { type CloudClientOptions, CloudResources, hasTag, runTag } from './cloud-resources.ts';
import { CloudService } from './cloud-service.ts';
import { awaited, defaultTimeout, type Timeouts } from './cloud-wait.ts';
import { type CommandResult, tellExitCode } from './exit-code.ts';

/** A run's resources in the cloud: ARNs of services that are not deleted and of tasks that are not stopped. */
export interface CloudInventory {
  readonly services: readonly string[];
  readonly tasks: readonly string[];
}

/** The tag with the session of a task. */
export const sessionTag = 'session';

/** A client for a cluster of ECS, the real or the local one, that only changes what its run has created. */
export class CloudClient {
  readonly #resources: CloudResources;

  constructor(options: CloudClientOptions) {
    this.#resources = new CloudResources(options);
  }

  /** The tags that everything the run creates must have. Tasks of a service need `propagateTags: 'SERVICE'`. */
  get tags(): Tag[] {
    return [{ key: runTag, value: this.#resources.run }];
  }

  /**
   * The `startedBy` that every task which the run starts by RunTask must have: it tells whose a task was that has
   * stopped, and has no tags any more. A service's tasks are known by their service.
   */
  get startedBy(): string {
    return this.#resources.run;
  }

  /** A service by its name; sends no request. */
  service(name: string): CloudService {
    return new CloudService(name, this.#resources);
  }

  /** A task by its ARN. @throws ForeignResource, and Error when there is none. */
  async task(arn: string): Promise<Task> {
    return this.#resources.task(arn);
  }

  /** The run's tasks of a session: those that run, and stopped ones that this client has seen before. */
  async tasksOf(session: string): Promise<Task[]> {
    return (await this.#resources.tasks()).filter(({ tags }) => hasTag(tags, sessionTag, session));
  }

  /** Asks a task to end. @throws ForeignResource */
  async stop(arn: string, reason?: string): Promise<void> {
    const { ecs, cluster } = this.#resources;
    await this.#resources.checkCluster();
    await this.task(arn);
    await ecs.send(new StopTaskCommand({ cluster, task: arn, reason }));
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
    await this.#resources.checkCluster();
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
    return (await this.#resources.tasks()).map(
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
    const services = await this.#resources.services();
    const tasks = await this.#resources.tasks();
    return {
      services: services.map(({ serviceArn }) => serviceArn!),
      tasks: tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED').map(({ taskArn }) => taskArn!),
    };
  }

  /** Undefined while the agent is not connected. */
  async #openSession(task: string, command: string, container: string | undefined): Promise<Session | undefined> {
    const { ecs, cluster } = this.#resources;
    try {
      return (await ecs.send(new ExecuteCommandCommand({ cluster, task, command, container, interactive: true })))
        .session;
    } catch (error) {
      if (error instanceof TargetNotConnectedException) return undefined;
      throw error;
    }
  }
}
