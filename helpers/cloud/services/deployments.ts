import { deploymentId } from '../arn.ts';
import type { CloudContext } from '../cloud-context.ts';
import {
  isRunning,
  primaryOf,
  statusOf,
  tasksOf,
  type Service,
  type ServiceDeployment,
  type Task,
  type TaskDefinition,
} from '../state.ts';
import { noteEvent } from './events.ts';
import { belongsTo } from './plan.ts';

/** Throttled starts in a row that cause an event. */
const worthAnEvent = 2;

/** A new deployment, which older ones make room for. */
export function newDeployment(definition: TaskDefinition, now: Date): ServiceDeployment {
  const id = deploymentId();
  return {
    id,
    definition,
    createdAt: now,
    updatedAt: now,
    status: 'PRIMARY',
    rollout: 'IN_PROGRESS',
    rolloutReason: `ECS deployment ${id} in progress.`,
    failedTasks: 0,
  };
}

/** Begins the deployment of a task definition, possibly the same one. */
export function deploy(service: Service, definition: TaskDefinition, now: Date): void {
  for (const deployment of service.deployments) deployment.status = 'ACTIVE';
  service.deployments.unshift(newDeployment(definition, now));
  service.failedStarts = 0;
  service.notBefore = undefined;
  service.isSteady = false;
}

/** Whether a service has reached its desired state. */
export function isDone(service: Service, tasks: readonly Task[]): boolean {
  const primary = primaryOf(service);
  return (
    primary.rollout !== 'FAILED' &&
    tasks.every((task) => belongsTo(task, primary)) &&
    tasks.filter(isRunning).length >= service.desiredCount
  );
}

export function completeDeployment(service: Service, now: Date): void {
  const primary = primaryOf(service);
  service.deployments = [primary];
  if (primary.rollout === 'COMPLETED') return;
  primary.rollout = 'COMPLETED';
  primary.rolloutReason = `ECS deployment ${primary.id} completed.`;
  primary.updatedAt = now;
  noteEvent(service, now, `(deployment ${primary.id}) deployment completed.`);
}

/** Records that a task of a service has started or failed to; each failure delays the next start for longer. */
export function noteOutcome(service: Service, task: Task, { parts: { clock, scheduler }, times }: CloudContext): void {
  const now = clock.now();
  const deployment = service.deployments.find((one) => belongsTo(task, one));
  if (isRunning(task)) {
    service.failedStarts = 0;
    if (deployment !== undefined) deployment.failedTasks = 0;
    return;
  }
  service.failedStarts++;
  service.notBefore = new Date(now.getTime() + scheduler.throttle(service.failedStarts, times.throttle));
  if (service.failedStarts === worthAnEvent) {
    noteEvent(
      service,
      now,
      'is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
    );
  }
  if (deployment !== undefined) countFailure(service, deployment, now);
}

/**
 * The deployment circuit breaker: a deployment fails after half as many failures in a row as tasks are desired, at
 * least 3 and at most 200. See "How the Amazon ECS deployment circuit breaker detects failures".
 */
function countFailure(service: Service, deployment: ServiceDeployment, now: Date): void {
  deployment.failedTasks++;
  deployment.updatedAt = now;
  const breaker = service.configuration.deploymentCircuitBreaker;
  const threshold = Math.min(200, Math.max(3, Math.ceil(service.desiredCount / 2)));
  if (breaker?.enable !== true || deployment.rollout !== 'IN_PROGRESS' || deployment.failedTasks < threshold) return;
  deployment.rollout = 'FAILED';
  deployment.rolloutReason = 'ECS deployment circuit breaker: tasks failed to start.';
  noteEvent(service, now, `(deployment ${deployment.id}) deployment failed: tasks failed to start.`);
  const before = service.deployments.find(({ rollout }) => rollout === 'COMPLETED');
  if (breaker.rollback !== true || before === undefined) return;
  noteEvent(service, now, `rolling back to deployment ${before.id}.`);
  deploy(service, before.definition, now);
  primaryOf(service).rolloutReason = `ECS deployment circuit breaker: rolling back to deployment ${before.id}.`;
}

/** The number of a deployment's tasks by state. */
export function countTasks(service: Service, deployment?: ServiceDeployment): { running: number; pending: number } {
  const tasks = tasksOf(service).filter((task) => deployment === undefined || belongsTo(task, deployment));
  return {
    running: tasks.filter(isRunning).length,
    pending: tasks.filter(
      (task) => task.desiredStatus === 'RUNNING' && !isRunning(task) && statusOf(task) !== 'STOPPED',
    ).length,
  };
}
