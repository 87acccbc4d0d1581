import { isAlive } from '../run/processes/index.ts';
import { Chaos } from './chaos.ts';
import type { Deployment } from './deployment.ts';

/** Disturbs a provider manager, and the provider processes of its deployments. */
export class DeploymentChaos extends Chaos<'manager'> {
  readonly #frozen = new Set<number>();

  /** Kills the provider process of a deployment with SIGKILL. */
  crash(deployment: Deployment): void {
    process.kill(pidOf(deployment), 'SIGKILL');
  }

  /** Suspends the provider process of a deployment: it keeps its socket and answers nothing. */
  freezeProvider(deployment: Deployment): void {
    const pid = pidOf(deployment);
    process.kill(pid, 'SIGSTOP');
    this.#frozen.add(pid);
  }

  thawProvider(deployment: Deployment): void {
    const pid = pidOf(deployment);
    if (this.#frozen.delete(pid)) process.kill(pid, 'SIGCONT');
  }

  override async restore(): Promise<void> {
    for (const pid of this.#frozen) if (isAlive(pid)) process.kill(pid, 'SIGCONT');
    this.#frozen.clear();
    await super.restore();
  }
}

function pidOf({ name, pid }: Deployment): number {
  if (pid === undefined)
    throw new Error(`The deployment ${name} has no provider process by the manager's last answer.`);
  return pid;
}
