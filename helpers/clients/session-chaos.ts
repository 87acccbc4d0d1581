import type { LocalCloud } from '../cloud/index.ts';
import type { OpenSessionPlatform, SessionProcessName } from '../platform/index.ts';
import type { Network, Way } from '../platform/sessions/network.ts';
import { isAlive } from '../run/processes/index.ts';
import { Chaos } from './chaos.ts';

/** Disturbs a session platform: its processes, and the containers of its sessions. */
export class SessionChaos extends Chaos<SessionProcessName> {
  readonly #cloud: LocalCloud;
  readonly #network: Network;
  readonly #frozen = new Set<number>();

  constructor({ supervisor, cloud, network }: Pick<OpenSessionPlatform, 'supervisor' | 'cloud' | 'network'>) {
    super(supervisor);
    this.#cloud = cloud;
    this.#network = network;
  }

  /** Kills a task's container with SIGKILL, like a machine that runs out of memory. */
  crash(task: string): void {
    process.kill(this.#pidOf(task), 'SIGKILL');
  }

  /** Suspends a task's container. */
  freezeTask(task: string): void {
    const pid = this.#pidOf(task);
    process.kill(pid, 'SIGSTOP');
    this.#frozen.add(pid);
  }

  thawTask(task: string): void {
    const pid = this.#pidOf(task);
    if (this.#frozen.delete(pid)) process.kill(pid, 'SIGCONT');
  }

  /** Breaks and refuses connections between two of the platform's processes: `cut('hermes-store')`. */
  cut(way: Way): void {
    this.#network.cut(way);
  }

  /** Breaks and refuses connections to a task's container. */
  cutTask(task: string): void {
    this.#network.cutTask(task);
  }

  /** Restores all connections. */
  mend(): void {
    this.#network.mend();
  }

  override async restore(): Promise<void> {
    this.mend();
    const known = new Set(
      [...this.#cloud.tasks().values()].flatMap(({ containers }) => containers.map(({ pid }) => pid)),
    );
    for (const pid of this.#frozen) if (known.has(pid) && isAlive(pid)) process.kill(pid, 'SIGCONT');
    this.#frozen.clear();
    await super.restore();
  }

  #pidOf(task: string): number {
    const pid = this.#cloud.tasks().get(task)?.containers[0]?.pid;
    if (pid === undefined) throw new Error(`The task ${task} has no container that runs.`);
    return pid;
  }
}
