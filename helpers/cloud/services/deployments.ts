import type { CreateServiceRequest } from '@aws-sdk/client-ecs';
import { deploymentId, digits } from '../arn.ts';
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
import { noteEvent, tasksInWords } from './events.ts';
import { belongsTo } from './plan.ts';

/** Throttled starts in a row that cause an event. */
const worthAnEvent = 2;

/** A new deployment, which older ones make room for. */
export function newDeployment(
  definition: TaskDefinition,
  request: CreateServiceRequest,
  now: Date,
  { before, rollsBack, revision = digits(19) }: Partial<ServiceDeployment> = {},
): ServiceDeployment {
  const id = deploymentId();
  return {
    id,
    definition,
    request,
    before,
    rollsBack,
    revision,
    createdAt: now,
    updatedAt: now,
    status: 'PRIMARY',
    rollout: 'IN_PROGRESS',
    rolloutReason: `ECS deployment ${id} in progress.`,
    failedTasks: 0,
    finishedAt: undefined,
    isStuck: false,
  };
}

/** Begins the deployment of a task definition, possibly the same one. */
export function deploy(
  service: Service,
  definition: TaskDefinition,
  request: CreateServiceRequest,
  now: Date,
  rollback?: Pick<ServiceDeployment, 'rollsBack' | 'revision'>,
): void {
  const deployment = newDeployment(definition, request, now, { before: primaryOf(service), ...rollback });
  for (const older of service.deployments) {
    older.status = 'ACTIVE';
    older.finishedAt ??= now;
  }
  service.deployments.unshift(deployment);
  service.history.push(deployment);
  service.failedStarts = 0;
  service.notBefore = undefined;
  service.isSteady = false;
}

/** Says once that a deployment cannot go on. */
export function noteStuck(service: Service, now: Date): void {
  const primary = primaryOf(service);
  if (primary.isStuck || primary.rollout !== 'IN_PROGRESS') return;
  primary.isStuck = true;
  noteEvent(
    service,
    now,
    'was unable to stop or start tasks during a deployment because of the service deployment configuration. ' +
      'Update the minimumHealthyPercent or maximumPercent value and try again.',
  );
}

export function completeDeployment(service: Service, now: Date): void {
  const primary = primaryOf(service);
  service.deployments = [primary];
  if (primary.rollout === 'COMPLETED') return;
  primary.rollout = 'COMPLETED';
  primary.rolloutReason = `ECS deployment ${primary.id} completed.`;
  primary.updatedAt = now;
  primary.finishedAt = now;
  noteEvent(service, now, `(deployment ${primary.id}) deployment completed.`);
}

/** Records that a task of a service has started or failed to; each failure delays the next start for longer. */
export function noteOutcome(service: Service, task: Task, { parts: { clock, scheduler }, times }: CloudContext): void {
  const now = clock.now();
  if (isRunning(task)) {
    service.failedStarts = 0;
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
  countFailure(service, task, now);
}

/** Records that a task of a service runs and, if it has health checks, is healthy: its deployment counts anew. */
export function noteServing(service: Service, task: Task): void {
  const deployment = deploymentOf(service, task);
  if (deployment !== undefined) deployment.failedTasks = 0;
}

/** Records that a task of a service has failed its health checks, which its deployment counts as a failure, too. */
export function noteUnhealthy(service: Service, task: Task, now: Date): void {
  noteEvent(service, now, `${tasksInWords([task])} failed container health checks.`);
  countFailure(service, task, now);
}

/**
 * The deployment circuit breaker: a deployment fails after half as many failures in a row as tasks are desired, at
 * least 3 and at most 200. A failure is a task that does not start, or that is stopped because it has failed its health
 * checks (`failedTasks` of `Deployment`); a healthy task ends the row (`resetOnHealthyTask`). See "How the Amazon ECS
 * deployment circuit breaker detects failures".
 */
export function breakerThreshold({ desiredCount }: Service): number {
  return Math.min(200, Math.max(3, Math.ceil(desiredCount / 2)));
}

function deploymentOf({ deployments }: Service, task: Task): ServiceDeployment | undefined {
  return deployments.find((one) => belongsTo(task, one));
}

function countFailure(service: Service, task: Task, now: Date): void {
  const deployment = deploymentOf(service, task);
  if (deployment === undefined) return;
  deployment.failedTasks++;
  deployment.updatedAt = now;
  const breaker = service.configuration.deploymentCircuitBreaker;
  if (
    breaker?.enable !== true ||
    deployment.rollout !== 'IN_PROGRESS' ||
    deployment.failedTasks < breakerThreshold(service)
  )
    return;
  deployment.rollout = 'FAILED';
  deployment.rolloutReason = 'ECS deployment circuit breaker: tasks failed to start.';
  deployment.finishedAt = now;
  noteEvent(service, now, `(deployment ${deployment.id}) deployment failed: tasks failed to start.`);
  const before = service.deployments.find(({ rollout }) => rollout === 'COMPLETED');
  if (breaker.rollback !== true || before === undefined) return;
  noteEvent(service, now, `rolling back to deployment ${before.id}.`);
  deploy(service, before.definition, before.request, now, { rollsBack: deployment, revision: before.revision });
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
