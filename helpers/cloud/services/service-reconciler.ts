import type { Capacity } from '../capacity.ts';
import type { CloudContext } from '../cloud-context.ts';
import { isPending, isRunning, isServing, primaryOf, statusOf, tasksOf, type Service, type Task } from '../state.ts';
import { createTask } from '../tasks/create.ts';
import { completeDeployment, noteOutcome, noteServing, noteStuck, noteUnhealthy } from './deployments.ts';
import { noteEvent, tasksInWords } from './events.ts';

/** Carries out what the scheduler plans for services, and records the progress, when something has happened. */
export class ServiceReconciler implements Disposable {
  readonly #context: () => CloudContext;
  readonly #due = new Set<Service>();
  /** Tasks whose start has been counted. */
  readonly #judged = new WeakSet<Task>();
  /** Tasks that have become healthy, or run and have no health checks. */
  readonly #served = new WeakSet<Task>();
  readonly #alarms = new Map<Service, () => void>();
  #pending: NodeJS.Immediate | undefined;
  #isOver = false;

  /** @param context called when there is something to do. */
  constructor(context: () => CloudContext) {
    this.#context = context;
  }

  /** Reconciles a service soon. */
  wake(service: Service): void {
    if (this.#isOver) return; // shutting down: ended tasks are not replaced
    this.#due.add(service);
    this.#pending ??= setImmediate(() => this.#reconcileAll());
  }

  /** Called when a task has changed. */
  changed(task: Task): void {
    const service = task.service && task.cluster.services.get(task.service.name);
    if (service === undefined) return;
    if (!this.#judged.has(task) && (isRunning(task) || hasNotStarted(task))) {
      this.#judged.add(task);
      noteOutcome(service, task, this.#context());
    }
    if (!this.#served.has(task) && isServing(task)) {
      this.#served.add(task);
      noteServing(service, task);
    }
    this.wake(service);
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    clearImmediate(this.#pending);
    for (const callOff of this.#alarms.values()) callOff();
  }

  #reconcileAll(): void {
    const due = [...this.#due];
    this.#due.clear();
    this.#pending = undefined;
    for (const service of due) this.#reconcile(service);
  }

  #reconcile(service: Service): void {
    if (service.status === 'INACTIVE') return; // a new service may have its name
    const context = this.#context();
    const { clock, scheduler } = context.parts;
    const now = clock.now();
    this.#replaceUnhealthy(service, now);
    const { start, stop, isStuck } = scheduler.plan(service, tasksOf(service), now);
    if (start > 0) {
      const started = Array.from({ length: start }, () =>
        createTask(context, service.cluster, ofService(service, context.parts.capacity)),
      );
      noteEvent(service, now, `has started ${start} tasks: ${tasksInWords(started)}.`);
    }
    if (stop.length > 0) {
      noteEvent(service, now, `has stopped ${stop.length} running tasks: ${tasksInWords(stop)}.`);
      for (const task of stop)
        context.lives.get(task)!.stop({
          code: 'ServiceSchedulerInitiated',
          reason: `Scaling activity initiated by (deployment ${primaryOf(service).id})`,
        });
    }
    if (isStuck) noteStuck(service, now);
    this.#noteState(service, now);
    this.#setAlarm(service, now);
  }

  #replaceUnhealthy(service: Service, now: Date): void {
    const { lives, parts } = this.#context();
    for (const task of parts.scheduler.unhealthy(service, tasksOf(service), now)) {
      noteUnhealthy(service, task, now);
      lives.get(task)!.stop({ code: 'ServiceSchedulerInitiated', reason: 'Task failed container health checks' });
    }
  }

  #noteState(service: Service, now: Date): void {
    const tasks = tasksOf(service).filter((task) => statusOf(task) !== 'STOPPED');
    if (service.status === 'DRAINING' && tasks.length === 0) service.status = 'INACTIVE';
    if (service.status !== 'ACTIVE') return;
    if (this.#context().parts.scheduler.isReached(service, tasks)) completeDeployment(service, now);
    const isSteady =
      service.deployments.length === 1 &&
      tasks.filter(isRunning).length === service.desiredCount &&
      !tasks.some(isPending);
    if (isSteady && !service.isSteady) noteEvent(service, now, 'has reached a steady state.');
    service.isSteady = isSteady;
  }

  /** Reconciles again when a throttled start is due, a protection ends, or health begins to count. */
  #setAlarm(service: Service, now: Date): void {
    this.#alarms.get(service)?.();
    const grace = (service.request.healthCheckGracePeriodSeconds ?? 0) * 1000;
    const moments = [
      service.notBefore,
      ...tasksOf(service).flatMap(({ protectedUntil, moments: { startedAt } }) => [
        protectedUntil,
        startedAt && new Date(startedAt.getTime() + grace),
      ]),
    ].filter((moment) => moment !== undefined && moment > now);
    if (moments.length === 0) return;
    const next = Math.min(...moments.map((moment) => moment!.getTime()));
    this.#alarms.set(
      service,
      this.#context().parts.clock.after(next - now.getTime(), () => this.wake(service)),
    );
  }
}

/** Whether it ended by itself before it was running. */
function hasNotStarted({ stop, moments }: Task): boolean {
  return (
    moments.startedAt === undefined && (stop?.code === 'TaskFailedToStart' || stop?.code === 'EssentialContainerExited')
  );
}

function ofService(service: Service, capacity: Capacity): Parameters<typeof createTask>[2] {
  const { id, definition, request } = primaryOf(service);
  const { propagateTags, enableECSManagedTags = false, enableExecuteCommand = false } = service.request;
  const { launchType, capacityProviderStrategy } = service.request;
  return {
    definition,
    launch: capacity.next(
      launchType === undefined ? capacityProviderStrategy : undefined,
      tasksOf(service).filter(({ desiredStatus }) => desiredStatus === 'RUNNING'),
    ),
    subnets: request.networkConfiguration!.awsvpcConfiguration!.subnets!,
    service: { name: service.name, deployment: id },
    group: `service:${service.name}`,
    startedBy: id,
    enableExecuteCommand,
    tags: new Map([
      ...(propagateTags === 'SERVICE' ? service.tags : propagateTags === 'TASK_DEFINITION' ? definition.tags : []),
      ...(enableECSManagedTags
        ? ([
            ['aws:ecs:clusterName', service.cluster.name],
            ['aws:ecs:serviceName', service.name],
          ] as const)
        : []),
    ]),
  };
}
