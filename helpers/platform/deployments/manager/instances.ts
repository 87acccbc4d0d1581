import type { Provider, ProviderExit } from '../../../terraform/index.ts';
import { RunFolder } from '../../../run/index.ts';
import type { DeploymentIdentity, StoredDeployment } from '../store/deployment-store.ts';
import type { ManagerContext } from './manager-context.ts';
import { Failure } from './failure.ts';
import type { Instance } from './instance.ts';

type Running = { -readonly [Key in keyof Instance]: Instance[Key] };

/** The provider processes of all deployments. Each is launched when it is first needed, and stays until it is ended. */
export class Instances {
  readonly #context: ManagerContext;
  readonly #running = new Map<string, Running>();
  readonly #launching = new Map<string, Promise<Running>>();
  readonly #lines = new Map<string, string[]>();

  constructor(context: ManagerContext) {
    this.#context = context;
  }

  /** Works with the provider of a deployment as it is configured now. @throws ProviderError, Failure */
  async use<T>(deployment: StoredDeployment, work: (provider: Provider) => Promise<T>): Promise<T> {
    const { instances } = this.#context.parts;
    let instance: Running;
    do {
      instance = await this.#get(deployment, (found) => instances.isFor(found, deployment));
    } while (!instances.isFor(instance, deployment)); // it was launched for a request that came before a change
    return atWork(instance, work);
  }

  /** Works with the provider that a deployment has, whatever its configuration, or launches one. */
  async useAny<T>(deployment: StoredDeployment, work: (provider: Provider) => Promise<T>): Promise<T> {
    return atWork(await this.#get(deployment, () => true), work);
  }

  /** The process that serves a deployment now; undefined when there is none. */
  find(deployment: DeploymentIdentity): Instance | undefined {
    const instance = this.#running.get(this.#context.parts.instances.keyOf(deployment));
    return instance?.hasEnded === false ? instance : undefined;
  }

  /** The last lines of the processes of a deployment. */
  lines(deployment: DeploymentIdentity): string[] {
    const key = this.#context.parts.logs.keyOf(deployment);
    const lines = this.#lines.get(key) ?? [];
    this.#lines.set(key, lines);
    return lines;
  }

  /** Interrupts what the process of a deployment is doing. */
  async interrupt(deployment: DeploymentIdentity): Promise<void> {
    const { interruption } = this.#context.parts;
    const living = [...this.#running.values()].filter(({ hasEnded }) => !hasEnded);
    await Promise.all(interruption.of(living, deployment).map((one) => interruption.stop(one)));
  }

  /** Ends the process of a deployment; resolves when it has ended, its socket too. */
  async end(deployment: DeploymentIdentity): Promise<void> {
    const { ending, instances } = this.#context.parts;
    await this.#launching.get(instances.keyOf(deployment))?.catch(() => undefined);
    await Promise.all(ending.of([...this.#running.values()], deployment).map((one) => this.#close(one as Running)));
  }

  #get(deployment: StoredDeployment, isWanted: (instance: Running) => boolean): Promise<Running> {
    const { instances } = this.#context.parts;
    const key = instances.keyOf(deployment);
    return instances.share(this.#launching, key, async () => {
      const instance = this.#running.get(key);
      if (instance !== undefined) {
        if (instances.isUsable(instance) && isWanted(instance)) return instance;
        await this.#close(instance);
      }
      const launched = await this.#launch(deployment);
      this.#running.set(key, launched);
      return launched;
    });
  }

  async #launch(deployment: StoredDeployment): Promise<Running> {
    const { configuration, parts, pool, debug } = this.#context;
    const { id, settings } = deployment;
    if (!(await parts.deployments.launched(pool, id)))
      throw new Failure('DESTROYED', `Deployment ${id} is destroyed: it has no provider.`);
    const workingDirectory = parts.workspace.create(configuration.root, deployment);
    const sockets = parts.workspace.createSockets(configuration.root, deployment);
    const lines = this.lines(deployment);
    const say = (event: string): void => debug(id, event);
    try {
      const launched = await parts.launching.launch({
        program: configuration.providers[deployment.provider]!,
        workingDirectory,
        sockets,
        environment: parts.environment.of(deployment, workingDirectory),
        patience: configuration.times.launch,
        deadline: configuration.times.rpc,
        log: (line) => parts.logs.add(lines, line),
        record: (pid) => {
          new RunFolder(configuration.run).recordProcess(this.#recordOf(deployment), pid);
          say(`process ${pid} was started in ${workingDirectory}`);
        },
      });
      say(`process ${launched.pid} speaks version ${launched.protocol} at ${launched.socket}`);
      const provider = configuration.debug ? parts.debugging.trace(launched, say) : launched;
      const instance = { deployment: id, settings, provider, workingDirectory, sockets, hasEnded: false, atWork: 0 };
      void provider.exited.then((exit) => this.#hasEnded(instance, deployment, exit));
      try {
        await parts.configuring.configure(provider, parts.configuring.configOf(deployment));
      } catch (error) {
        await provider.close(configuration.times.close);
        throw error;
      }
      return instance;
    } catch (error) {
      parts.workspace.removeSockets(sockets);
      throw error;
    }
  }

  #hasEnded(instance: Running, deployment: DeploymentIdentity, { code, signal }: ProviderExit): void {
    instance.hasEnded = true;
    this.#context.parts.workspace.removeSockets(instance.sockets);
    new RunFolder(this.#context.configuration.run).forgetProcess(this.#recordOf(deployment), instance.provider.pid);
    this.#context.debug(deployment.id, `process ${instance.provider.pid} ended by ${signal ?? `exit code ${code}`}`);
  }

  #recordOf({ id }: DeploymentIdentity): string {
    return `${this.#context.configuration.recordPrefix}${id}`;
  }

  async #close(instance: Running): Promise<void> {
    const { ending } = this.#context.parts;
    await ending.close(instance, this.#context.configuration.times.close);
    for (const [key, one] of this.#running) if (one === instance) this.#running.delete(key);
  }
}

async function atWork<T>(instance: Running, work: (provider: Provider) => Promise<T>): Promise<T> {
  instance.atWork++;
  try {
    return await work(instance.provider);
  } finally {
    instance.atWork--;
  }
}
