import { faultsOf } from '../fault.ts';

const fault = faultsOf('cloud');

// The control plane's promises: tasks get their capacity, start, are checked and end as those of ECS do.

export const defaultStrategyIsIgnored = fault(
  'capacity',
  "a run without launch type and strategy uses the cluster's",
  () => ({ strategyOf: (wanted) => wanted }),
  "helpers/cloud/capacity.test.ts › a bare run uses the cluster's default strategy",
);

export const providersAreNotShown = fault(
  'capacity',
  'a task shows the capacity provider that it runs on, and no launch type',
  () => ({ next: () => ({ launchType: 'FARGATE' }) }),
  'helpers/cloud/capacity.test.ts › a service has the strategy of its cluster, and its tasks show it',
);

export const weightsAreIgnored = fault(
  'capacity',
  'tasks are divided by the base and weights of a strategy',
  ({ next }) => ({ next: (strategy) => next(strategy, []) }),
  'helpers/cloud/capacity.test.ts › tasks are divided among capacity providers by base and weight',
);

export const healthIsNotChecked = fault(
  'healthChecks',
  'health checks of containers are carried out',
  () => ({ watch: () => undefined }),
  "helpers/cloud/health.test.ts › a container's health check is carried out",
);

export const unhealthyTasksStay = fault(
  'scheduler',
  "a service's unhealthy task is replaced",
  () => ({ unhealthy: () => [] }),
  'helpers/cloud/health.test.ts › an unhealthy task of a service is replaced, when its grace period is over',
);

export const dependenciesAreIgnored = fault(
  'startConditions',
  'a container starts when those that it depends on have become what it waits for',
  () => ({ isMet: () => true }),
  'helpers/cloud/health.test.ts › containers start in the order of their dependencies, each when its condition is met',
);

export const stoppedTasksKeepTheirTags = fault(
  'endings',
  'StopTask deletes the tags of a task',
  () => ({ stopping: () => undefined }),
  'helpers/cloud/lists.test.ts › a stopped task has no tags any more',
);

export const endedTasksKeepTheirTags = fault(
  'endings',
  'a task that has stopped has no tags',
  () => ({ stopped: () => undefined }),
  "helpers/cloud/lists.test.ts › a service's stopped task has no tags any more, and the service keeps its own",
);

export const stuckDeploymentsAreSilent = fault(
  'scheduler',
  'a deployment that can neither start nor stop tasks is told of in an event',
  ({ plan }) => ({ plan: (...service) => ({ ...plan(...service), isStuck: false }) }),
  'helpers/cloud/services.test.ts › a deployment that can neither start nor stop tasks says so once',
);

export const emptyDeploymentsNeverComplete = fault(
  'scheduler',
  'a deployment of no tasks completes',
  ({ isReached }) => ({ isReached: (service, tasks) => tasks.length > 0 && isReached(service, tasks) }),
  'helpers/cloud/services.test.ts › a deployment of no tasks completes',
);

export const memoryHasNoLimit = fault(
  'taskRunner',
  'a container has no more memory than its task allows',
  (runner) => ({
    start(plan) {
      const { limits: _, ...unlimited } = plan;
      return runner.start(unlimited);
    },
  }),
  'helpers/cloud/tasks/memory.test.ts › a container that exceeds its memory is stopped as out of memory',
);
