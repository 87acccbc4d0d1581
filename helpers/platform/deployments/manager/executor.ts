import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import { ProviderError } from '../../../terraform/index.ts';
import { isAway } from '../../kernel/store/database.ts';
import type { Status } from '../contract.ts';
import type { DeploymentIdentity, StoredDeployment } from '../store/deployment-store.ts';
import { type NewOperation, type StoredOperation, TakenOver } from '../store/operation-queue.ts';
import type { ManagerContext } from './manager-context.ts';
import { FailureAt, toOperationError } from './failure.ts';
import type { Instances } from './instances.ts';
import { perform } from './work/operations.ts';

/** Milliseconds until what needs the database is tried again when that was away. */
const pause = 200;

/** A deployment's status when the operation has ended, well and badly; undefined where it stays as it is. */
const statusAfter = {
  plan: undefined,
  import: undefined,
  apply: { success: 'applied', failure: 'failed' },
  destroy: { success: 'destroyed', failure: 'failed' },
} as const satisfies Readonly<Record<string, { success: Status; failure: Status } | undefined>>;

/** Runs the operations of all deployments: of one deployment in turn, of several at the same time. */
export class Executor {
  readonly #context: ManagerContext;
  readonly #instances: Instances;
  readonly #generation: number;
  /** The running operations, by lock. */
  readonly #cancellations = new Map<string, AbortController>();
  readonly #waiting = new Map<string, () => void>();
  #isTaking = false;
  #isWoken = false;

  /** @param generation see `OperationQueue.takeOver`. */
  constructor(context: ManagerContext, instances: Instances, generation: number) {
    this.#context = context;
    this.#instances = instances;
    this.#generation = generation;
    void this.#take();
  }

  /** Queues an operation; it begins when its deployment's earlier ones have ended. Undefined when that is destroyed. */
  async add(
    deployment: DeploymentIdentity,
    operation: Omit<NewOperation, 'deployment' | 'lock'>,
  ): Promise<StoredOperation | undefined> {
    const { parts, pool } = this.#context;
    const lock = parts.locks.lockOf(deployment);
    const added = await parts.operations.add(pool, { ...operation, deployment: deployment.id, lock });
    void this.#take();
    return added;
  }

  /** As {@link add}, and resolves when the operation has ended. */
  async run(
    deployment: DeploymentIdentity,
    operation: Omit<NewOperation, 'deployment' | 'lock'>,
  ): Promise<StoredOperation | undefined> {
    const { parts, pool } = this.#context;
    const added = await this.add(deployment, operation);
    if (added === undefined) return undefined;
    await new Promise<void>((resolve) => {
      this.#waiting.set(keyOf(added), resolve);
      void this.#hasEnded(added).then((hasEnded) => hasEnded && resolve()); // before it was waited for
    });
    this.#waiting.delete(keyOf(added));
    return parts.operations.find(pool, added.deployment, added.number);
  }

  /** Interrupts the operation of a deployment that is under way. Returns false when there is none. */
  async cancel(deployment: DeploymentIdentity): Promise<boolean> {
    const running = this.#cancellations.get(deployment.id);
    if (running === undefined) return false;
    running.abort();
    await this.#instances.interrupt(deployment);
    return true;
  }

  /** Begins what can begin. */
  async #take(): Promise<void> {
    this.#isWoken = true;
    if (this.#isTaking) return;
    this.#isTaking = true;
    while (this.#isWoken) {
      this.#isWoken = false;
      try {
        const { parts, pool } = this.#context;
        for (const operation of await parts.operations.take(pool, this.#generation)) void this.#perform(operation);
      } catch (error) {
        report(error);
        this.#isWoken = true;
        await delay(pause);
      }
    }
    this.#isTaking = false;
  }

  async #perform(operation: StoredOperation): Promise<void> {
    const cancellation = new AbortController();
    this.#cancellations.set(operation.deployment, cancellation);
    try {
      await this.#untilStored(() => this.#attempt(operation, cancellation.signal));
    } catch (error) {
      report(error);
    } finally {
      if (this.#cancellations.get(operation.deployment) === cancellation)
        this.#cancellations.delete(operation.deployment);
      this.#waiting.get(keyOf(operation))?.();
      void this.#take();
    }
  }

  /** Does again what could not be written: it goes on where it was. @throws TakenOver */
  async #untilStored(work: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof TakenOver) throw error;
        report(error);
        await delay(pause);
      }
    }
  }

  /** @throws Error when the database does not take what is written to it, or another manager has taken over. */
  async #attempt(taken: StoredOperation, cancelled: AbortSignal): Promise<void> {
    const { parts, pool, debug } = this.#context;
    const deployment = (await parts.deployments.find(pool, taken.deployment))!;
    const found = (await parts.operations.find(pool, taken.deployment, taken.number))!;
    const operation = { ...found, generation: taken.generation }; // another manager may have it meanwhile
    const what = `operation ${operation.number} (${operation.kind})`;
    debug(deployment.id, `${what} has begun, attempt ${operation.attempts}`);
    const failure = await this.#outcome(deployment, operation, cancelled);
    const error = failure === undefined ? undefined : toOperationError(failure, cancelled.aborted);
    const after = statusAfter[operation.kind];
    const status = error === undefined ? after?.success : after?.failure;
    await parts.operations.end(pool, operation, error, status);
    debug(deployment.id, error === undefined ? `${what} has succeeded` : `${what} has failed: ${error.message}`);
  }

  /** Why the operation has failed; undefined when it has succeeded. */
  async #outcome(deployment: StoredDeployment, operation: StoredOperation, cancelled: AbortSignal): Promise<unknown> {
    const context = this.#context;
    try {
      return await perform({ context, instances: this.#instances, deployment, operation, cancelled });
    } catch (error) {
      const cause = error instanceof FailureAt ? error.cause : error;
      if (cause instanceof TakenOver || isOfStore(cause)) throw cause;
      if (cause instanceof ProviderError && cause.code === 'TIMEOUT') await this.#instances.end(deployment); // it hangs
      return error;
    }
  }

  async #hasEnded({ deployment, number }: StoredOperation): Promise<boolean> {
    const { parts, pool } = this.#context;
    const found = await parts.operations.find(pool, deployment, number).catch(() => undefined);
    return found?.ended_at != null;
  }
}

/** Whether an error says that the database is away; one of the provider may sound alike. */
function isOfStore(error: unknown): boolean {
  return !(error instanceof ProviderError) && isAway(error);
}

function keyOf({ deployment, number }: Pick<StoredOperation, 'deployment' | 'number'>): string {
  return `${deployment}/${number}`;
}

function report(error: unknown): void {
  process.stderr.write(`${inspect(error)}\n`);
}
