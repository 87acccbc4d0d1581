import { Readable } from 'node:stream';
import type { HealthCheck } from '@aws-sdk/client-ecs';
import type { Container } from '../../cloud/state.ts';
import type { RunningContainer } from '../../cloud/tasks/runner.ts';
import type { TaskRunner } from '../../cloud/index.ts';
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

const health = 'helpers/cloud/health.test.ts';

export const lateChecksSucceed = fault(
  'healthChecks',
  'a health check that takes too long has failed',
  ({ watch }) => ({ watch: (container, ...rest) => watch(checkedOtherwise(container, { timeout: 1e6 }), ...rest) }),
  `${health} › a health check that takes too long has failed`,
);

export const failuresWhileStartingCount = fault(
  'healthChecks',
  'failures while a container starts do not count',
  ({ watch }) => ({ watch: (container, ...rest) => watch(checkedOtherwise(container, { startPeriod: 0 }), ...rest) }),
  `${health} › failures while a container starts do not count, until a check has succeeded`,
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
  'helpers/cloud/health.test.ts › containers start in the order of their dependencies',
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

export const commandsHaveNoTerminal = fault(
  'taskRunner',
  'a command of ECS Exec has a terminal',
  (runner) =>
    onCommands(runner, (running, argv) => ({
      ...running.execute(argv),
      write: () => undefined,
      resize: () => undefined,
    })),
  'helpers/cloud/exec.test.ts › a command runs in the container, in a terminal, and all that it writes arrives',
);

export const inputIsNotTyped = fault(
  'taskRunner',
  'what is typed in a session arrives',
  (runner) =>
    onCommands(runner, (running, ...how) => {
      const command = running.executeInTerminal(...how);
      return { ...command, write: () => command.write(Buffer.from([endOfInput])) };
    }),
  'helpers/cloud/exec.test.ts › an interactive shell answers what is typed, in a terminal of the size of its client',
);

export const endOfOutputIsCutOff = fault(
  'taskRunner',
  'the end of what a command writes arrives',
  (runner) =>
    onCommands(runner, (running, ...how) => {
      const command = running.executeInTerminal(...how);
      return { ...command, output: Readable.from(withoutLast(command.output as AsyncIterable<Buffer>)) };
    }),
  'helpers/cloud/exec.test.ts › a command runs in the container, in a terminal, and all that it writes arrives',
);

export const metadataIsOfTheFirstContainer = fault(
  'metadata',
  'a container learns about itself, and nothing is told of a container that has ended',
  () => ({
    find(_id, tasks) {
      const [task] = tasks;
      return task && { task, container: task.containers[0]! };
    },
  }),
  'helpers/cloud/metadata.test.ts › a container learns what it is, its task, and what both use',
);

/** What Ctrl-D types. */
const endOfInput = 4;

/** The same container, with other rules for its health check. */
function checkedOtherwise(container: Container, rules: Partial<HealthCheck>): Container {
  const healthCheck = { ...container.definition.healthCheck!, ...rules };
  return {
    ...container,
    definition: { ...container.definition, healthCheck },
    get health() {
      return container.health;
    },
    set health(state) {
      container.health = state;
    },
  };
}

type Terminals = RunningContainer['executeInTerminal'];

/** A runner whose containers run commands of sessions in another way. */
function onCommands(
  { start }: TaskRunner,
  execute: (running: RunningContainer, ...how: Parameters<Terminals>) => ReturnType<Terminals>,
): TaskRunner {
  return {
    async start(plan) {
      const running = await start(plan);
      const executeInTerminal: Terminals = (...how) => execute(running, ...how);
      return Object.create(running, { executeInTerminal: { value: executeInTerminal } }) as RunningContainer;
    },
  };
}

async function* withoutLast(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let last: Buffer | undefined;
  for await (const chunk of chunks) {
    if (last !== undefined) yield last;
    last = chunk;
  }
  if (last !== undefined && last.length > 1) yield last.subarray(0, -1);
}
