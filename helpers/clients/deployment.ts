import { poll } from '../lib/wait.ts';
import type {
  ChangeDeployment,
  Deployment as DeploymentState,
  Operation,
  OperationError,
  Plan,
  ProviderDescription,
} from '../platform/deployments/contract.ts';
import { ApiFailure, type ApiRequest } from './api.ts';
import type { ProbeFiles } from './probe-files.ts';

/** Records a measurement in milliseconds. */
export type Measure = (name: string, value: number, unit: 'ms') => void;

/** Sends requests with the token of the deployment's tenant. */
interface Sender {
  call<Body>(path: string, options?: ApiRequest): Promise<Body>;
}

export interface DeploymentOptions {
  /** Those of its probe; undefined for another provider. */
  readonly files?: ProbeFiles | undefined;
  /** Called when something is asked that only the probe can do. Default: an error. */
  readonly refuse?: () => never;
  readonly measure?: Measure | undefined;
}

/** Milliseconds that an operation may take, even on a busy machine. */
const patience = 60_000;

/** An operation that has failed: `code`, `resource` and `diagnostics` are those of the manager's answer. */
export class OperationFailed extends Error implements OperationError {
  readonly operation: Operation;
  readonly code: string;
  readonly resource: string | null;
  readonly diagnostics: OperationError['diagnostics'];

  constructor(operation: Operation) {
    const { code, message, resource, diagnostics } = operation.error!;
    super(message);
    this.operation = operation;
    this.code = code;
    this.resource = resource;
    this.diagnostics = diagnostics;
  }
}

/** The values of a deployment's resources, by their names. */
export type Resources = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface ApplyOptions {
  /** The plan to apply, or its id; default one that is made now. */
  readonly plan?: Plan | string;
  /** Whether the tasks of the probe wait, each or those with these names, until they are released. */
  readonly hold?: boolean | readonly string[];
}

/** An apply that was sent. */
export interface Applying {
  /** Resolves with the accepted operation. */
  readonly accepted: Promise<Operation>;
  /** Resolves when a held task has begun, so that what follows overlaps it; otherwise when the operation has begun. */
  readonly started: Promise<void>;
  /** Lets the held tasks go on. */
  readonly release: () => void;
  /** Resolves with the values of all resources. @throws OperationFailed */
  readonly result: Promise<Resources>;
}

/** One deployment, as its tenant sees it. Every method but `hold` and `release` sends a request. */
export class Deployment {
  readonly id: string;
  readonly name: string;
  readonly #sender: Sender;
  readonly #options: DeploymentOptions;
  #last: DeploymentState;

  constructor(sender: Sender, created: DeploymentState, options: DeploymentOptions) {
    this.id = created.id;
    this.name = created.name;
    this.#sender = sender;
    this.#last = created;
    this.#options = options;
  }

  /** Whether its applies can be held: those of the probe. */
  get canHold(): boolean {
    return this.#options.files !== undefined;
  }

  /** The files by which a test meets the probe of this deployment. */
  get files(): ProbeFiles {
    const { files, refuse } = this.#options;
    if (files !== undefined) return files;
    if (refuse !== undefined) refuse();
    throw new Error(`${this.name} is no deployment of the probe.`);
  }

  /** The manager's last answer. */
  get last(): DeploymentState {
    return this.#last;
  }

  /** The id of its provider process, by the manager's last answer; undefined when it had none. */
  get pid(): number | undefined {
    return this.#last.instance.pid ?? undefined;
  }

  /** Its working directory, which is known before it exists. */
  get workingDirectory(): string {
    return this.#last.instance.workingDirectory;
  }

  async get(): Promise<DeploymentState> {
    return (this.#last = await this.call<DeploymentState>(''));
  }

  /** The values of its resources that exist or are in doubt, by their names. */
  async resources(): Promise<Resources> {
    const { resources } = await this.get();
    return Object.fromEntries(resources.flatMap(({ name, state }) => (state === null ? [] : [[name, state]])));
  }

  /** Changes what is wanted; takes effect with the next operation. */
  async change({ config, environment, resources }: ChangeDeployment): Promise<void> {
    const { files, refuse } = this.#options;
    if (config !== undefined || resources !== undefined) refuse?.();
    this.#last = await this.call<DeploymentState>('', {
      method: 'PATCH',
      body: {
        ...(config === undefined ? {} : { config: files?.configure(config) ?? config }),
        ...(environment === undefined ? {} : { environment }),
        ...(resources === undefined ? {} : { resources: files?.equip(resources) ?? resources }),
      },
    });
  }

  /** Changes the provider's configuration. */
  configure(config: Record<string, unknown>): Promise<void> {
    return this.change({ config });
  }

  /** @throws ApiFailure when the provider refuses it */
  plan(): Promise<Plan> {
    return this.call('/plan', { method: 'POST' });
  }

  /** Sends an apply. See {@link Applying} for how to let it overlap with something else. */
  apply({ plan, hold = false }: ApplyOptions = {}): Applying {
    const start = performance.now();
    const held = hold === false ? [] : this.files.hold(hold);
    const body = plan === undefined ? {} : { plan: typeof plan === 'string' ? plan : plan.id };
    const accepted = this.call<Operation>('/apply', { method: 'POST', body });
    const started = accepted.then(({ number }) => this.#started(number, held));
    let setReleased = (): void => undefined;
    const released = held.length === 0 ? undefined : new Promise<void>((resolve) => (setReleased = resolve));
    const result = accepted.then(async ({ number }) => {
      await released; // until then there is nothing to ask for
      await this.ended(number);
      this.#options.measure?.('deployment.apply', performance.now() - start, 'ms');
      return this.resources();
    });
    for (const promise of [started, result]) promise.catch(() => undefined); // where it is awaited, it is reported
    const release = (): void => {
      this.#options.files?.release();
      setReleased();
    };
    return { accepted, started, release, result };
  }

  /** Takes over an existing resource. @throws OperationFailed */
  async import(type: string, name: string, id: string): Promise<void> {
    const { number } = await this.call<Operation>('/import', { method: 'POST', body: { type, name, id } });
    await this.ended(number);
  }

  /** Interrupts the operation that is under way. */
  async cancel(): Promise<void> {
    await this.call('/cancel', { method: 'POST' });
  }

  /** Deletes it: resolves when its resources, its process and its folders are gone. @throws OperationFailed */
  async destroy(): Promise<void> {
    const { number } = await this.call<Operation>('', { method: 'DELETE' });
    await this.ended(number);
    await this.get();
  }

  /** Destroys it, if that was not done, after it has ended what is under way. */
  async remove(): Promise<void> {
    this.#options.files?.release();
    await this.destroy().catch((error: unknown) => {
      if (!(error instanceof ApiFailure && error.code === 'CONFLICT')) throw error; // it is destroyed already
    });
  }

  /** The output of its provider processes. */
  async logs(): Promise<string[]> {
    return (await this.call<{ lines: string[] }>('/logs')).lines;
  }

  /** The provider's schemas, from its process, which is launched if there is none. Waits for no operation. */
  schema(): Promise<ProviderDescription> {
    return this.call('/schema');
  }

  operation(number: number): Promise<Operation> {
    return this.call(`/operations/${number}`);
  }

  async operations(): Promise<Operation[]> {
    return (await this.call<{ operations: Operation[] }>('/operations')).operations;
  }

  /** Resolves with an operation that has succeeded. @throws OperationFailed */
  async ended(number: number): Promise<Operation> {
    const operation = await this.#poll(number, ({ status }) => status === 'succeeded' || status === 'failed');
    if (operation.status === 'failed') throw new OperationFailed(operation);
    return operation;
  }

  /** Sends any request below this deployment's address. @throws ApiFailure */
  call<Body>(path: string, options?: ApiRequest): Promise<Body> {
    return this.#sender.call(`/api/v1/deployments/${this.id}${path}`, { timeout: patience, ...options });
  }

  async #started(number: number, held: readonly string[]): Promise<void> {
    if (held.length > 0) return this.files.begun(held, patience);
    await this.#poll(number, ({ status }) => status !== 'queued');
  }

  /** Polls an operation, also while the manager is being replaced. */
  async #poll(number: number, isDone: (operation: Operation) => boolean): Promise<Operation> {
    const look = (): Promise<Operation | undefined> =>
      this.operation(number).catch((error: unknown) => {
        if (error instanceof ApiFailure) throw error;
        return undefined; // nothing listens
      });
    const isOver = (found: Operation | undefined): boolean => found !== undefined && isDone(found);
    const found = await poll(look, isOver, { timeout: patience, interval: 15, growth: 1.4, longest: 120 });
    if (found !== undefined && isDone(found)) return found;
    const what = found === undefined ? 'the manager to answer' : `the ${found.kind} to end, which is ${found.status}`;
    throw new Error(`Waited ${patience / 1000} s in vain for ${what}, at operation ${number} of ${this.name}.`);
  }
}
