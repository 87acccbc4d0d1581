import type { Service, ServiceDeployment, Task } from '../state.ts';
import { isPending, isRunning, primaryOf, statusOf } from '../state.ts';

/** What a service needs next. */
export interface Plan {
  /** Tasks of its primary deployment to start. */
  readonly start: number;
  readonly stop: readonly Task[];
}

export interface Scheduler {
  /** @param tasks those of the service that are not forgotten yet. */
  plan(service: Service, tasks: readonly Task[], now: Date): Plan;
  /** For how many milliseconds a service starts nothing, when so many starts in a row have failed. */
  throttle(failures: number, limits: { readonly first: number; readonly most: number }): number;
}

/**
 * Brings a service to its desired count: starts what is missing while there are no more than `maximumPercent` in all,
 * and stops what is too much (of older deployments first) while at least `minimumHealthyPercent` are running.
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
    return {
      start: isThrottled || primary.rollout === 'FAILED' ? 0 : Math.max(0, Math.min(desired - current.length, room)),
      stop:
        service.status === 'DRAINING'
          ? wanted
          : [...outdated(service, wanted, desired, now), ...surplus(current, desired, now)],
    };
  },
  throttle: (failures, { first, most }) => Math.min(first * 2 ** (failures - 1), most),
};

/** Of older deployments, as many as can be spared; those that do not run yet first. */
function outdated(service: Service, wanted: readonly Task[], desired: number, now: Date): Task[] {
  const primary = primaryOf(service);
  const stoppable = wanted.filter((task) => !belongsTo(task, primary) && !isProtected(task, now));
  const spare =
    wanted.filter(isRunning).length - Math.ceil((desired * service.configuration.minimumHealthyPercent) / 100);
  return [...stoppable.filter(isPending), ...stoppable.filter(isRunning).slice(0, Math.max(0, spare))];
}

/** Of the primary deployment, those that are too many: first those that do not run yet, then the oldest. */
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
