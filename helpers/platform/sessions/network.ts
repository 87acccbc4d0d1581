import type { TaskRunner } from '../../cloud/index.ts';
import { type Address, Link } from '../../run/network/index.ts';

/** The connections between a session platform's processes: the first one opens them. */
export const ways = [
  'hermes-store',
  'router-store',
  'mail-store',
  'hermes-cloud',
  'hermes-relay',
  'router-hermes',
] as const;
export type Way = (typeof ways)[number];

/** The network of a session platform, in which each connection between two processes can be cut. */
export class Network implements AsyncDisposable {
  readonly #ways: ReadonlyMap<Way, Link>;
  readonly #containers = new Map<string, Link>();

  private constructor(opened: ReadonlyMap<Way, Link>) {
    this.#ways = opened;
  }

  /** @param targets the address behind each connection. */
  static async open(targets: Readonly<Record<Way, () => Address | Promise<Address>>>): Promise<Network> {
    return new Network(
      new Map(await Promise.all(ways.map(async (way) => [way, await Link.open(targets[way])] as const))),
    );
  }

  /** The names of the connected containers, and their ports in this network. */
  get containers(): ReadonlyMap<string, number> {
    return new Map([...this.#containers].map(([name, { port }]) => [name, port]));
  }

  port(way: Way): number {
    return this.#ways.get(way)!.port;
  }

  /** The same address, through this connection. */
  through(way: Way, address: string): string {
    const url = new URL(address);
    url.host = `127.0.0.1:${this.port(way)}`;
    return url.href.replace(/\/$/, '');
  }

  cut(way: Way): void {
    this.#ways.get(way)!.cut();
  }

  /** Breaks and refuses connections to a task's container. */
  cutTask(task: string): void {
    const found = [...this.#containers].filter(([name]) => name.includes(task.split('/').at(-1)!));
    if (found.length === 0) throw new Error(`There is no way to the task ${task}: it does not run.`);
    for (const [, link] of found) link.cut();
  }

  /** Restores all connections. */
  mend(): void {
    for (const link of [...this.#ways.values(), ...this.#containers.values()]) link.mend();
  }

  /** The same containers, with ports whose connections can be cut. */
  connect(runner: TaskRunner): TaskRunner {
    return {
      start: async (plan) => {
        const running = await runner.start(plan);
        const bindings = await Promise.all(
          running.bindings.map(async ({ containerPort, hostPort }) => {
            const link = await Link.open(() => ({ host: '127.0.0.1', port: hostPort }));
            const name = `${plan.name}:${containerPort}`;
            this.#containers.set(name, link);
            void running.ended.then(async () => {
              await link[Symbol.asyncDispose]();
              this.#containers.delete(name);
            });
            return { containerPort, hostPort: link.port };
          }),
        );
        // Everything else is inherited from the original.
        return Object.create(running, { bindings: { value: bindings } }) as typeof running;
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const link of this.#ways.values()) await link[Symbol.asyncDispose]();
  }
}
