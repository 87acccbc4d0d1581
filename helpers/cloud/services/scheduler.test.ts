import { expect, test } from '@playwright/test';
import type { Service, ServiceDeployment, Task, TaskStatus } from '../state.ts';
import { belongsTo, isProtected, scheduler } from './plan.ts';

const now = new Date('2026-01-01T12:00:00Z');
const before = new Date(now.getTime() - 1);
const after = new Date(now.getTime() + 1);

type Few = Partial<Pick<Service, 'status' | 'notBefore'>> & {
  readonly desired?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly rollout?: ServiceDeployment['rollout'];
};

/** A service that deploys `new`, and had `old` before. */
function serviceOf({ desired = 2, minimum = 100, maximum = 200, rollout = 'IN_PROGRESS', ...rest }: Few = {}): Service {
  return {
    status: 'ACTIVE',
    notBefore: undefined,
    ...rest,
    desiredCount: desired,
    configuration: { minimumHealthyPercent: minimum, maximumPercent: maximum },
    deployments: [
      { id: 'new', status: 'PRIMARY', rollout },
      { id: 'old', status: 'ACTIVE', rollout: 'COMPLETED' },
    ],
  } as unknown as Service;
}

type Health = 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN';

/** Such as `old 1 RUNNING`; one that is stopping has `STOPPED` as its desired status. */
function taskOf(text: string, protectedUntil?: Date, health?: Health): Task {
  const [deployment, number, status = 'RUNNING'] = text.split(' ');
  const isOver = ['STOPPING', 'STOPPED', 'DEACTIVATING'].includes(status);
  return {
    id: `${deployment} ${number}`,
    service: { name: 'edit', deployment },
    desiredStatus: isOver ? 'STOPPED' : 'RUNNING',
    history: [{ status: status as TaskStatus, at: now }],
    containers: [
      {
        definition: { essential: true, ...(health === undefined ? {} : { healthCheck: {} }) },
        health: health ?? 'UNKNOWN',
      },
      { definition: { essential: false, healthCheck: {} }, health: 'UNHEALTHY' },
    ],
    moments: { startedAt: new Date(now.getTime() - 10_000) },
    protectedUntil,
  } as unknown as Task;
}

function planned(service: Service, tasks: readonly (string | Task)[]): { start: number; stop: string[] } {
  const all = tasks.map((task) => (typeof task === 'string' ? taskOf(task) : task));
  const { start, stop } = scheduler.plan(service, all, now);
  return { start, stop: stop.map(({ id }) => id) };
}

test.describe('starting', () => {
  test('missing tasks are started, those of older deployments not counted', () => {
    expect(planned(serviceOf(), [])).toEqual({ start: 2, stop: [] });
    expect(planned(serviceOf(), ['new 1'])).toEqual({ start: 1, stop: [] });
    expect(planned(serviceOf(), ['new 1 PENDING', 'new 2'])).toEqual({ start: 0, stop: [] });
    expect(planned(serviceOf(), ['old 1', 'old 2']).start).toBe(2);
  });

  test('no more tasks exist than the largest share of the desired count, rounded down', () => {
    expect(planned(serviceOf({ maximum: 100 }), ['old 1', 'old 2']).start).toBe(0);
    expect(planned(serviceOf({ maximum: 149 }), ['old 1', 'old 2']).start).toBe(0);
    expect(planned(serviceOf({ maximum: 150 }), ['old 1', 'old 2']).start).toBe(1);
    expect(planned(serviceOf({ maximum: 100 }), ['old 1', 'old 2', 'old 3']).start).toBe(0);
  });

  test('a task that is still stopping takes up room, and a stopped one does not', () => {
    expect(planned(serviceOf({ maximum: 100 }), ['old 1 STOPPING', 'old 2 STOPPED']).start).toBe(1);
  });

  test('nothing is started after failed starts until the pause is over, nor by a failed deployment', () => {
    expect(planned(serviceOf({ notBefore: after }), []).start).toBe(0);
    expect(planned(serviceOf({ notBefore: now }), []).start).toBe(2);
    expect(planned(serviceOf({ notBefore: before }), []).start).toBe(2);
    expect(planned(serviceOf({ rollout: 'FAILED' }), []).start).toBe(0);
  });

  test('the pause doubles with each failed start, up to a limit', () => {
    const limits = { first: 1_000, most: 5_000 };
    expect([1, 2, 3, 4].map((failures) => scheduler.throttle(failures, limits))).toEqual([1_000, 2_000, 4_000, 5_000]);
  });
});

test.describe('stopping', () => {
  test('older tasks are stopped as the new ones run, so that enough are running at any time', () => {
    expect(planned(serviceOf(), ['old 1', 'old 2', 'new 1', 'new 2 PENDING']).stop).toEqual(['old 1']);
    expect(planned(serviceOf(), ['old 1', 'old 2', 'new 1', 'new 2']).stop).toEqual(['old 1', 'old 2']);
    expect(planned(serviceOf(), ['old 1', 'old 2', 'new 1 PENDING', 'new 2 PENDING']).stop).toEqual([]);
    expect(planned(serviceOf(), ['old 1']).stop).toEqual([]);
  });

  test('the smallest share of the desired count is rounded up', () => {
    expect(planned(serviceOf({ minimum: 50 }), ['old 1', 'old 2']).stop).toEqual(['old 1']);
    expect(planned(serviceOf({ minimum: 51 }), ['old 1', 'old 2']).stop).toEqual([]);
    expect(planned(serviceOf({ minimum: 0 }), ['old 1', 'old 2']).stop).toEqual(['old 1', 'old 2']);
  });

  test('older tasks that are not running are stopped first, and at once', () => {
    expect(planned(serviceOf({ minimum: 50 }), ['old 1', 'old 2', 'old 3 ACTIVATING']).stop).toEqual([
      'old 3',
      'old 1',
    ]);
    expect(planned(serviceOf(), ['old 1', 'old 2', 'old 3 PROVISIONING']).stop).toEqual(['old 3']);
  });

  test('a surplus loses tasks that are not running first, and then the oldest', () => {
    expect(planned(serviceOf({ desired: 1 }), ['new 1', 'new 2', 'new 3 PENDING'])).toEqual({
      start: 0,
      stop: ['new 3', 'new 1'],
    });
    expect(planned(serviceOf({ desired: 0 }), ['new 1']).stop).toEqual(['new 1']);
  });

  test('a protected task is spared until its time is over', () => {
    const surplus = serviceOf({ desired: 1 });
    expect(planned(surplus, [taskOf('new 1', after), 'new 2']).stop).toEqual(['new 2']);
    expect(planned(surplus, [taskOf('new 1', now), 'new 2']).stop).toEqual(['new 1']);
    expect(planned(serviceOf({ minimum: 0 }), [taskOf('old 1', after), 'old 2']).stop).toEqual(['old 2']);
    expect([undefined, before, now, after].map((until) => isProtected(taskOf('new 1', until), now))).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  test('a service that is removed stops everything that is not stopping, and starts nothing', () => {
    const all = [taskOf('new 1', after), 'old 1', 'new 2 STOPPING'];
    expect(planned(serviceOf({ status: 'DRAINING' }), all)).toEqual({ start: 0, stop: ['new 1', 'old 1'] });
    expect(planned(serviceOf({ status: 'INACTIVE' }), [])).toEqual({ start: 0, stop: [] });
  });
});

test.describe('health', () => {
  const checked = (text: string, health: Health) => taskOf(text, undefined, health);

  test('a task counts once the health checks of its essential containers have succeeded', () => {
    const [old1, old2] = ['old 1', 'old 2'];
    expect(planned(serviceOf(), [old1, old2, checked('new 1', 'UNKNOWN'), checked('new 2', 'HEALTHY')]).stop).toEqual([
      'old 1',
    ]);
    expect(planned(serviceOf(), [checked('old 1', 'UNHEALTHY'), old2]).stop).toEqual(['old 1']);
  });

  test('a task that fails its checks is replaced, after the time of grace of its service', () => {
    const tasks = [checked('new 1', 'UNHEALTHY'), checked('new 2', 'HEALTHY'), checked('new 3 STOPPING', 'UNHEALTHY')];
    const unhealthy = (grace?: number) => {
      const service = { ...serviceOf(), request: { healthCheckGracePeriodSeconds: grace } } as unknown as Service;
      return scheduler.unhealthy(service, tasks, now).map(({ id }) => id);
    };
    expect([unhealthy(), unhealthy(10), unhealthy(11)]).toEqual([['new 1'], ['new 1'], []]);
  });
});

test.describe('the state that a service wants', () => {
  const isReached = (service: Service, ...tasks: string[]) =>
    scheduler.isReached(
      service,
      tasks.map((task) => taskOf(task)),
    );

  test('it is reached when as many tasks as wanted serve, all of the primary deployment', () => {
    expect(isReached(serviceOf(), 'new 1', 'new 2')).toBe(true);
    expect(isReached(serviceOf(), 'new 1', 'new 2 PENDING')).toBe(false);
    expect(isReached(serviceOf(), 'new 1', 'new 2', 'old 1')).toBe(false);
    expect(isReached(serviceOf({ rollout: 'FAILED' }), 'new 1', 'new 2')).toBe(false);
  });

  test('nothing is all that a service of no tasks wants', () => {
    expect(isReached(serviceOf({ desired: 0 }))).toBe(true);
  });

  test('a deployment whose limits allow neither to start nor to stop a task is stuck', () => {
    const isStuck = (service: Service, ...tasks: (string | Task)[]) =>
      scheduler.plan(
        service,
        tasks.map((task) => (typeof task === 'string' ? taskOf(task) : task)),
        now,
      ).isStuck;
    const limits = serviceOf({ minimum: 100, maximum: 100 });
    expect(isStuck(limits, 'old 1', 'old 2')).toBe(true);
    expect(isStuck(limits, 'old 1', 'old 2', 'old 3 STOPPED')).toBe(true);
    expect(isStuck(limits, 'old 1', 'old 2 PENDING'), 'one that can be stopped').toBe(false);
    expect(isStuck(limits, 'old 1', 'old 2 STOPPING'), 'one that is about to stop').toBe(false);
    expect(isStuck(limits, taskOf('old 1', after), 'old 2'), 'one that is protected for a time').toBe(false);
    expect(isStuck(limits, 'new 1', 'new 2')).toBe(false);
    expect(isStuck(serviceOf({ minimum: 100, maximum: 150 }), 'old 1', 'old 2')).toBe(false);
    expect(isStuck(serviceOf({ minimum: 50, maximum: 100 }), 'old 1', 'old 2')).toBe(false);
  });
});

test('a task of no service belongs to no deployment', () => {
  const [deployment] = serviceOf().deployments;
  expect(belongsTo(taskOf('new 1'), deployment!)).toBe(true);
  expect(belongsTo({ ...taskOf('new 1'), service: undefined }, deployment!)).toBe(false);
});
