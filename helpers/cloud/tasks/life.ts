import { setTimeout as delay } from 'node:timers/promises';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../lib/environment.ts';
import type { CloudContext, Life } from '../cloud-context.ts';
import { metadataPath } from '../metadata.ts';
import type { Container, Task, TaskStatus } from '../state.ts';
import { statusOf } from '../state.ts';
import { Dependencies } from './dependencies.ts';
import { environmentOf } from './environment.ts';
import type { Program } from './images.ts';
import { overrideOf } from './overrides.ts';
import { limitsOf } from './limits.ts';
import { mountsOf } from './volumes.ts';

/** Seconds between SIGTERM and SIGKILL, unless the container's definition sets another value. */
const defaultStopTimeout = 30;

/**
 * The life of one task: PROVISIONING → PENDING → ACTIVATING → RUNNING → DEACTIVATING → STOPPING → DEPROVISIONING →
 * STOPPED, and then it has no tags any more. A task that never ran goes directly to DEPROVISIONING, or to STOPPING when
 * one of its containers has started. See "Amazon ECS task lifecycle" in the developer guide.
 */
export class TaskLife implements Life {
  readonly #task: Task;
  readonly #context: CloudContext;
  readonly #stopped = new AbortController();
  readonly #dependencies: Dependencies;
  #isKilled = false;
  readonly folder: string;
  readonly over: Promise<void>;

  constructor(task: Task, context: CloudContext) {
    this.#task = task;
    this.#context = context;
    this.#dependencies = new Dependencies(task.containers, context.parts, () => this.#isOver());
    this.folder = path.join(context.folder, 'tasks', task.id);
    this.over = this.#live();
  }

  stop(why: NonNullable<Task['stop']>): void {
    const task = this.#task;
    if (task.stop !== undefined) return;
    task.stop = why;
    task.desiredStatus = 'STOPPED';
    task.version++;
    this.#context.parts.endings.stopping(task);
    this.#note('stoppingAt');
    this.#stopped.abort();
    this.#dependencies.changed();
  }

  kill(): void {
    this.stop({ code: 'TerminationNotice', reason: 'The control plane ends.' });
    this.#isKilled = true;
    for (const { running } of this.#task.containers) running?.signal('SIGKILL');
  }

  async #live(): Promise<void> {
    try {
      await this.#start();
      await this.#stopRequest();
    } catch (error) {
      const reason = messageOf(error);
      for (const container of this.#task.containers) if (container.running === undefined) container.reason = reason;
      this.stop({ code: 'TaskFailedToStart', reason });
    }
    await this.#end();
  }

  async #start(): Promise<void> {
    const { registry } = this.#context.parts;
    await this.#step();
    if (this.#isOver()) return;
    this.#enter('PENDING');
    this.#note('connectivityAt');
    await this.#step();
    if (this.#isOver()) return;
    this.#note('pullStartedAt');
    const programs = new Map(
      await Promise.all(
        this.#task.containers.map(
          async (container) => [container, await registry.pull(container.definition.image!)] as const,
        ),
      ),
    );
    this.#note('pullStoppedAt');
    this.#enter('ACTIVATING');
    await this.#step();
    for (const container of this.#dependencies.order) {
      await this.#dependencies.met(container);
      if (this.#isOver()) return;
      await this.#startContainer(container, programs.get(container)!);
    }
    if (this.#isOver()) return;
    this.#note('startedAt');
    this.#enter('RUNNING');
  }

  async #startContainer(container: Container, program: Program): Promise<void> {
    const { definition } = container;
    const { taskRunner, clock, healthChecks } = this.#context.parts;
    const running = await taskRunner
      .start({
        name: `task-${this.#task.id}-${definition.name}`,
        folder: this.folder,
        program: {
          ...program,
          args: overrideOf(this.#task, definition)?.command ?? definition.command ?? program.args,
        },
        environment: environmentOf(this.#task, container),
        metadata: this.#context.endpoint() + metadataPath(container),
        mounts: mountsOf(definition, this.#task.definition.request.volumes ?? [], {
          root: this.#context.folder,
          task: this.folder,
        }),
        ports: (definition.portMappings ?? []).map(({ containerPort }) => containerPort!),
        limits: limitsOf(this.#task, definition),
      })
      .catch((error: unknown) => {
        throw new Error(`CannotStartContainerError: ${messageOf(error)}`, { cause: error });
      });
    container.running = running;
    container.bindings = running.bindings;
    container.status = 'RUNNING';
    void running.ended.then((exitCode) => this.#containerEnded(container, exitCode));
    healthChecks.watch(container, running, clock, () => {
      this.#task.version++;
      this.#dependencies.changed();
      this.#context.changed(this.#task);
    });
  }

  #containerEnded(container: Container, exitCode: number): void {
    container.exitCode = exitCode;
    container.reason = container.running?.reason;
    container.status = 'STOPPED';
    this.#task.version++;
    this.#dependencies.changed();
    if (container.definition.essential !== false)
      this.stop({ code: 'EssentialContainerExited', reason: 'Essential container in task exited' });
  }

  async #end(): Promise<void> {
    const hasRun = statusOf(this.#task) === 'RUNNING';
    if (hasRun) {
      this.#enter('DEACTIVATING');
      await this.#step();
    }
    if (this.#task.containers.some(({ running }) => running !== undefined)) {
      this.#enter('STOPPING');
      await this.#dependencies.inReverse((container) => this.#endContainer(container));
      this.#note('executionStoppedAt');
    }
    this.#enter('DEPROVISIONING');
    // A command that is being killed may still write.
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10 });
    await this.#step();
    for (const container of this.#task.containers) container.status = 'STOPPED';
    this.#context.parts.endings.stopped(this.#task);
    this.#note('stoppedAt');
    this.#enter('STOPPED');
  }

  /** Sends SIGTERM, and SIGKILL when the time is up. */
  async #endContainer({ running, definition, status }: Container): Promise<void> {
    if (running === undefined || status === 'STOPPED') return;
    running.signal(this.#isKilled ? 'SIGKILL' : 'SIGTERM');
    const callOff = this.#context.parts.clock.after((definition.stopTimeout ?? defaultStopTimeout) * 1000, () =>
      running.signal('SIGKILL'),
    );
    await running.ended;
    callOff();
  }

  #enter(status: TaskStatus): void {
    this.#task.history.push({ status, at: this.#context.parts.clock.now() });
    this.#task.version++;
    this.#context.changed(this.#task);
  }

  #note(moment: keyof Task['moments']): void {
    this.#task.moments[moment] = this.#context.parts.clock.now();
  }

  /** Waits, so that each state is observable. */
  async #step(): Promise<void> {
    await delay(this.#context.times.step);
  }

  #isOver(): boolean {
    return this.#stopped.signal.aborted;
  }

  async #stopRequest(): Promise<void> {
    if (this.#isOver()) return;
    await new Promise((resolve) => {
      this.#stopped.signal.addEventListener('abort', resolve, { once: true });
    });
  }
}
