import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { TaskStopCode } from '@aws-sdk/client-ecs';
import type { CloudClock } from './clock.ts';
import { type CloudContext, defaultTimes, type Times } from './cloud-context.ts';
import { CloudError } from './errors.ts';
import { Sessions } from './exec/exec-sessions.ts';
import { metadataAt } from './metadata.ts';
import { operations } from './operations/index.ts';
import { type CloudParts, cloudParts } from './parts.ts';
import { ServiceReconciler } from './services/service-reconciler.ts';
import { statusOf, type Task } from './state.ts';
import type { Images } from './tasks/images.ts';
import type { TaskRunner } from './tasks/runner.ts';
import type { Credentials } from './wire/signature.ts';
import { wireServer } from './wire/wire-server.ts';

export interface CloudOptions {
  /** The folder for tasks and volumes; created if missing. */
  readonly folder: string;
  /** The program of each image. */
  readonly images: Images;
  /** How containers run: as processes, or as containers of Docker. */
  readonly taskRunner: TaskRunner;
  readonly clock?: CloudClock;
  /** The only accepted credentials; by default new ones without a session token. */
  readonly credentials?: Credentials;
  readonly region?: string;
  readonly times?: Partial<Times>;
  /** Decorates the parts, for a fault. */
  readonly compose?: (parts: CloudParts) => CloudParts | Promise<CloudParts>;
}

/** A task's container, beyond what the API returns. */
export interface ContainerInside {
  readonly name: string;
  readonly pid: number | undefined;
  /** The last lines of its output. */
  readonly log: string;
}

/** A task's billing data: from the start of the image's pull to its end (AWS Fargate pricing). */
export interface TaskBill {
  readonly arn: string;
  readonly family: string;
  readonly vcpu: number;
  readonly memoryGb: number;
  readonly pullStartedAt: Date | undefined;
  readonly stoppedAt: Date | undefined;
  readonly stopCode: TaskStopCode | undefined;
}

export interface TaskInside {
  /** The folder that its containers run in; removed when it has stopped. */
  readonly folder: string;
  readonly containers: readonly ContainerInside[];
  readonly history: Task['history'];
}

/** An ECS-compatible control plane on this machine. */
export interface LocalCloud extends AsyncDisposable {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
  readonly clock: CloudClock;
  /** The tasks that are not forgotten yet, by ARN. */
  tasks(): ReadonlyMap<string, TaskInside>;
  /** The billing data of these tasks, also after the control plane's end. */
  bills(): TaskBill[];
}

const account = '123456789012';

/** Starts a control plane in this process; disposing of it ends all its tasks. A task costs some 50 ms. */
export async function startCloud(options: CloudOptions): Promise<LocalCloud> {
  const {
    folder,
    images,
    taskRunner,
    region = 'us-east-1',
    credentials = newCredentials(),
    clock,
    times,
    compose = (parts) => parts,
  } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const looker = new ServiceReconciler(() => context);
  const parts = await compose(cloudParts({ images, taskRunner, operations, clock }));
  const allTimes = { ...defaultTimes, ...times };
  const server = wireServer({
    credentials,
    region,
    signatures: parts.signatures,
    bodies: parts.bodies,
    times: allTimes.request,
    answer: (operation, input) => answer(context, operation, input),
    metadata: (path) => metadataAt(path, context.lives.keys(), { region, account, ...parts.metadata }),
  });
  const host = (): string => `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const endpoint = (): string => `http://${host()}`;
  const context: CloudContext = {
    endpoint,
    region,
    account,
    folder,
    parts,
    state: { clusters: new Map(), families: new Map(), runs: new Map(), made: 0 },
    times: allTimes,
    lives: new Map(),
    sessions: new Sessions(server, host, allTimes.session, parts),
    changed: (task) => looker.changed(task),
    wake: (service) => looker.wake(service),
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: endpoint(),
    region,
    credentials,
    clock: context.parts.clock,
    tasks: () => inside(context),
    bills: () => [...context.lives.keys()].map(billOf),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      looker[Symbol.dispose]();
      context.sessions[Symbol.dispose]();
      for (const life of context.lives.values()) life.kill();
      await Promise.all([...context.lives.values()].map(({ over }) => over));
    },
  };
}

function answer(context: CloudContext, name: string, input: unknown): unknown {
  const { provision, operations: provided } = context.parts;
  const method = name.replace(/^./, (first) => first.toLowerCase());
  const operation = provided[method];
  if (operation === undefined)
    throw new CloudError('UnknownOperationException', `This control plane does not provide ${name}.`);
  forget(context);
  provision.refuse(method, input);
  return operation(input as never, context as never);
}

/** Stopped tasks and clients' tokens are remembered for a limited time. */
function forget({ state, lives, times, parts: { clock } }: CloudContext): void {
  const before = clock.now().getTime() - times.memory;
  for (const [token, { at }] of state.runs) {
    if (at.getTime() > before) break;
    state.runs.delete(token);
  }
  for (const { tasks } of state.clusters.values()) {
    for (const [id, task] of tasks) {
      if (statusOf(task) !== 'STOPPED' || task.moments.stoppedAt!.getTime() > before) continue;
      tasks.delete(id);
      lives.delete(task);
    }
  }
}

function inside({ lives }: CloudContext): Map<string, TaskInside> {
  return new Map(
    [...lives].map(([task, { folder }]) => [
      task.arn,
      {
        folder,
        history: task.history,
        containers: task.containers.map(({ definition, running }) => ({
          name: definition.name!,
          pid: running?.pid,
          log: running?.log ?? '',
        })),
      },
    ]),
  );
}

function billOf({
  arn,
  definition: { family, request },
  overrides,
  moments: { pullStartedAt, stoppedAt },
  stop,
}: Task): TaskBill {
  const [cpu, memory] = [overrides.cpu ?? request.cpu, overrides.memory ?? request.memory];
  return {
    arn,
    family,
    vcpu: Number(cpu) / 1024,
    memoryGb: Number(memory) / 1024,
    pullStartedAt,
    stoppedAt,
    stopCode: stop?.code,
  };
}

function newCredentials(): Credentials {
  return {
    accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
  };
}
