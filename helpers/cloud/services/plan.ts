import type { Service, ServiceDeployment, Task } from '../state.ts';
import { healthOf, isPending, isRunning, isServing, primaryOf, statusOf } from '../state.ts';

/** The next changes to a service's tasks. */
export interface Plan {
  /** The number of tasks of its primary deployment to start. */
  readonly start: number;
  readonly stop: readonly Task[];
  /** Whether the limits of its deployments allow neither to start the missing tasks nor to stop older ones. */
  readonly isStuck: boolean;
}

export interface Scheduler {
  /** @param tasks the service's tasks that are not forgotten yet. */
  plan(service: Service, tasks: readonly Task[], now: Date): Plan;
  /** Whether a service has reached its desired state. @param tasks those that have not stopped. */
  isReached(service: Service, tasks: readonly Task[]): boolean;
  /** Those that have failed their health checks, and are stopped and replaced. */
  unhealthy(service: Service, tasks: readonly Task[], now: Date): readonly Task[];
  /** Milliseconds for which a service starts nothing after this many failed starts in a row. */
  throttle(failures: number, limits: { readonly first: number; readonly most: number }): number;
}

/**
 * Brings a service to its desired count: starts missing tasks while the total is at most `maximumPercent`, and stops
 * surplus ones (of older deployments first) while at least `minimumHealthyPercent` are running.
 */
export const scheduler: Scheduler = {
  plan(service, tasks, now) {
    const desired = service.status === 'ACTIVE' ? service.desiredCount : 0;
    const primary = primaryOf(service);
    const wanted = tasks.filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
    const current = wanted.filter((task) => belongsTo(task, primary));
    const isThrottled = service.notBefore !== undefined && service.notBefore > now;
    const room =
      Math.floor((desired * service.configuration.maximumPercent) / 100) -
      tasks.filter((task) => statusOf(task) !== 'STOPPED').length;
    const stop =
      service.status === 'DRAINING'
        ? wanted
        : [...outdated(service, wanted, desired, now), ...surplus(current, desired, now)];
    return {
      start: isThrottled || primary.rollout === 'FAILED' ? 0 : Math.max(0, Math.min(desired - current.length, room)),
      stop,
      isStuck:
        current.length < desired &&
        room < 1 &&
        stop.length === 0 &&
        tasks.every((task) => statusOf(task) === 'STOPPED' || (isServing(task) && task.desiredStatus === 'RUNNING')) &&
        !wanted.some((task) => isProtected(task, now)),
    };
  },
  isReached(service, tasks) {
    const primary = primaryOf(service);
    return (
      primary.rollout !== 'FAILED' &&
      tasks.every((task) => belongsTo(task, primary)) &&
      tasks.filter(isServing).length >= service.desiredCount
    );
  },
  unhealthy({ request: { healthCheckGracePeriodSeconds: grace = 0 } }, tasks, now) {
    return tasks.filter(
      (task) =>
        task.desiredStatus === 'RUNNING' &&
        healthOf(task) === 'UNHEALTHY' &&
        (task.moments.startedAt ?? now).getTime() + grace * 1000 <= now.getTime(),
    );
  },
  throttle: (failures, { first, most }) => Math.min(first * 2 ** (failures - 1), most),
};

/** As many tasks of older deployments as can be spared; those that do not serve first. */
function outdated(service: Service, wanted: readonly Task[], desired: number, now: Date): Task[] {
  const primary = primaryOf(service);
  const stoppable = wanted.filter((task) => !belongsTo(task, primary) && !isProtected(task, now));
  const spare =
    wanted.filter(isServing).length - Math.ceil((desired * service.configuration.minimumHealthyPercent) / 100);
  return [...stoppable.filter((task) => !isServing(task)), ...stoppable.filter(isServing).slice(0, Math.max(0, spare))];
}

/** The surplus of the primary deployment: those that are not running first, then the oldest. */
function surplus(current: readonly Task[], desired: number, now: Date): Task[] {
  const stoppable = current.filter((task) => !isProtected(task, now));
  return [...stoppable.filter(isPending), ...stoppable.filter(isRunning)].slice(
    0,
    Math.max(0, current.length - desired),
  );
}

export function belongsTo({ service }: Task, { id }: ServiceDeployment): boolean {
  return service?.deployment === id;
}

export function isProtected({ protectedUntil }: Task, now: Date): boolean {
  return protectedUntil !== undefined && protectedUntil > now;
}
