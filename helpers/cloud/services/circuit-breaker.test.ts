import { setImmediate } from 'node:timers/promises';
import type { CreateServiceRequest } from '@aws-sdk/client-ecs';
import { expect, test } from '@playwright/test';
import type { CloudContext } from '../cloud-context.ts';
import type { Service, Task, TaskDefinition } from '../state.ts';
import { breakerThreshold, newDeployment } from './deployments.ts';
import { scheduler } from './plan.ts';
import { ServiceReconciler } from './service-reconciler.ts';

test('a deployment fails after half as many failures as tasks are desired, at least 3 and at most 200', () => {
  const thresholds = [1, 6, 7, 8, 400, 500].map((desiredCount) => breakerThreshold({ desiredCount } as Service));
  expect(thresholds).toEqual([3, 3, 4, 4, 200, 200]);
});

/** A service that wants two tasks and has the circuit breaker on, and its first deployment. Nothing is started. */
function deploying() {
  const now = new Date('2026-01-01T12:00:00Z');
  const request: Partial<CreateServiceRequest> = {};
  const deployment = newDeployment({} as TaskDefinition, request as CreateServiceRequest, now);
  const cluster = { services: new Map<string, Service>(), tasks: new Map<string, Task>() };
  const service = {
    name: 'web',
    status: 'ACTIVE',
    desiredCount: 2,
    failedStarts: 0,
    configuration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
    request,
    deployments: [deployment],
    events: [],
    cluster,
  } as unknown as Service;
  cluster.services.set('web', service);
  const stop = (task: Task): void => {
    task.desiredStatus = 'STOPPED';
    task.history.push({ status: 'STOPPED', at: now });
  };
  const context = {
    parts: {
      clock: { now: () => now, after: () => () => undefined },
      scheduler: { ...scheduler, plan: () => ({ start: 0, stop: [], isStuck: false }) },
    },
    times: { throttle: { first: 1, most: 1 } },
    lives: { get: (task: Task) => ({ stop: () => stop(task) }) },
  } as unknown as CloudContext;
  const reconciler = new ServiceReconciler(() => context);

  /** A task of the deployment that is starting, with a health check unless it is said otherwise. */
  function starting(definition: object = { healthCheck: {} }) {
    const task = {
      id: String(cluster.tasks.size),
      cluster,
      service: { name: 'web', deployment: deployment.id },
      desiredStatus: 'RUNNING',
      history: [{ status: 'PENDING', at: now }],
      moments: {},
      containers: [{ definition, health: 'UNKNOWN' }],
    } as unknown as Task;
    cluster.tasks.set(task.id, task);
    return task;
  }

  const changed = async (task: Task): Promise<void> => {
    reconciler.changed(task);
    await setImmediate(); // a pass of the reconciler
  };
  return {
    deployment,
    /** A task that ends before it runs. */
    async failToStart() {
      const task = starting();
      task.stop = { code: 'TaskFailedToStart', reason: 'no image' };
      stop(task);
      await changed(task);
    },
    /** A task that runs, without a health check or with one that says this. */
    async run(health?: 'HEALTHY' | 'UNHEALTHY') {
      const task = starting(health === undefined ? {} : undefined);
      task.history.push({ status: 'RUNNING', at: now });
      await changed(task);
      if (health === undefined) return;
      task.containers[0]!.health = health;
      await changed(task);
    },
  };
}

test('a deployment whose tasks run and fail their health checks fails', async () => {
  const { deployment, run } = deploying();
  const seen: [number, string][] = [];
  for (let count = 0; count < 3; count++) {
    await run('UNHEALTHY');
    seen.push([deployment.failedTasks, deployment.rollout]);
  }
  expect(seen).toEqual([
    [1, 'IN_PROGRESS'],
    [2, 'IN_PROGRESS'],
    [3, 'FAILED'],
  ]);
});

for (const [what, health] of [
  ['becomes healthy', 'HEALTHY'],
  ['runs without a health check', undefined],
] as const)
  test(`failures count in a row: a task that ${what} begins it anew`, async () => {
    const { deployment, failToStart, run } = deploying();
    await failToStart();
    await run('UNHEALTHY');
    expect(deployment.failedTasks).toBe(2);
    await run(health);
    expect(deployment.failedTasks).toBe(0);
    await failToStart();
    expect(deployment).toMatchObject({ failedTasks: 1, rollout: 'IN_PROGRESS' });
  });
