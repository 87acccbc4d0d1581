import { mkdtempSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { providerProgram } from '../../../platform/index.ts';
import { isAlive } from '../../../run/processes/index.ts';
import { launchProvider, type Provider, type State } from '../../../terraform/index.ts';
import type { Configuration } from '../../../run/configuration/index.ts';
import { openHost } from '../postgres/host.ts';
import { median } from '../statistics.ts';

const type = 'probe_task';

/** Runs `use` with providers of its own, which are gone afterwards. */
export async function withFleet(
  configuration: Configuration,
  code: string,
  use: (fleet: Fleet) => Promise<void>,
): Promise<void> {
  await using host = await openHost(configuration, 1);
  const fleet = new Fleet(code, host.folder.path);
  try {
    await use(fleet);
  } finally {
    await fleet.close();
  }
}

/** Providers that run at the same time, each as an instance of a deployment of its own. */
export class Fleet {
  readonly #code: string;
  readonly #root: string;
  readonly #closings = new Map<number, number[]>();
  readonly #memories = new Map<number, number[]>();
  #providers: Provider[] = [];

  constructor(code: string, root: string) {
    this.#code = code;
    this.#root = root;
  }

  /** Starts so many at once, and drives each through its first plan and apply. */
  async launch(count: number): Promise<void> {
    await Promise.all(
      Array.from({ length: count }, async () => {
        const provider = await this.#launchOne();
        this.#providers.push(provider);
        await provider.configure({});
        await createTask(provider);
      }),
    );
  }

  /** Ends all, and remembers how long that took and what they used. */
  async close(): Promise<void> {
    const count = this.#providers.length;
    if (count === 0) return;
    const memory = median(this.#providers.map(({ pid }) => residentMegabytes(pid)));
    const start = performance.now();
    await Promise.all(this.#providers.map((provider) => provider.close()));
    remember(this.#closings, count, performance.now() - start);
    remember(this.#memories, count, memory);
    if (this.#providers.some(({ pid }) => isAlive(pid))) throw new Error('A provider that was closed is still there.');
    this.#providers = [];
  }

  /** The medians of the rounds: milliseconds of the shutdown, megabytes of a provider. */
  sums(count: number): { closing: number; memory: number } {
    return { closing: median(this.#closings.get(count)!), memory: median(this.#memories.get(count)!) };
  }

  /** Milliseconds of each of so many reads of a resource, one after the other. */
  async timeCalls(count: number): Promise<number[]> {
    const provider = await this.#launchOne();
    this.#providers.push(provider);
    await provider.configure({});
    const state = await createTask(provider);
    const times: number[] = [];
    for (let call = 0; call < count; call += 1) {
      const start = performance.now();
      await provider.read(type, state);
      times.push(performance.now() - start);
    }
    return times.slice(count / 10); // until the code is warm
  }

  #launchOne(): Promise<Provider> {
    const workingDirectory = mkdtempSync(path.join(this.#root, 'p-'));
    return launchProvider({
      program: providerProgram(this.#code, 'probe'),
      workingDirectory,
      sockets: workingDirectory,
      environment: {},
      patience: 60_000,
      log: () => undefined,
      record: () => undefined,
    });
  }
}

async function createTask(provider: Provider): Promise<State> {
  const { state } = await provider.apply(await provider.plan({ type, config: { name: 'bench' }, prior: undefined }));
  return state!;
}

function remember(values: Map<number, number[]>, count: number, value: number): void {
  values.set(count, [...(values.get(count) ?? []), value]);
}

/** Where the system says it, which is Linux alone; otherwise 0. */
function residentMegabytes(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return 0;
  }
}
