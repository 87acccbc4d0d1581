import type { LocalCloud } from '../cloud/index.ts';
import type { SessionProcessName } from '../platform/index.ts';
import type { Supervisor } from '../platform/supervisor.ts';
import { Chaos } from './chaos.ts';

/** Does harm to a session platform: to its processes, and to the containers of its sessions. */
export class SessionChaos extends Chaos<SessionProcessName> {
  readonly #cloud: LocalCloud;
  readonly #frozen = new Set<number>();

  constructor(supervisor: Supervisor, cloud: LocalCloud) {
    super(supervisor);
    this.#cloud = cloud;
  }

  /** Kills a task's container with SIGKILL, as a machine that runs out of memory does. */
  crash(task: string): void {
    process.kill(this.#pidOf(task), 'SIGKILL');
  }

  /** Stops a task's container in its tracks. */
  freezeTask(task: string): void {
    const pid = this.#pidOf(task);
    process.kill(pid, 'SIGSTOP');
    this.#frozen.add(pid);
  }

  override async restore(): Promise<void> {
    const running = new Set([...this.#cloud.tasks().values()].flatMap(({ containers }) => containers.map(({ pid }) => pid)));
    for (const pid of this.#frozen) if (running.has(pid)) process.kill(pid, 'SIGCONT');
    this.#frozen.clear();
    await super.restore();
  }

  #pidOf(task: string): number {
    const pid = this.#cloud.tasks().get(task)?.containers[0]?.pid;
    if (pid === undefined) throw new Error(`The task ${task} has no container that runs.`);
    return pid;
  }
}
