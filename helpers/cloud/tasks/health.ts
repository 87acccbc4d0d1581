import type { HealthCheck } from '@aws-sdk/client-ecs';
import type { CloudClock } from '../clock.ts';
import type { Container } from '../state.ts';
import type { RunningContainer } from './runner.ts';

/** Carries out the health checks of containers. */
export interface HealthChecks {
  /**
   * Carries out a container's health check again and again, as Docker does: the first time after one interval, and
   * until the container has ended. Failures in the start period do not count unless a check has succeeded before.
   * @param changed called when the container's health has changed.
   */
  watch(container: Container, running: RunningContainer, clock: CloudClock, changed: () => void): void;
}

export const healthChecks: HealthChecks = { watch: watchHealth };

function watchHealth(container: Container, running: RunningContainer, clock: CloudClock, changed: () => void): void {
  const { healthCheck } = container.definition;
  if (healthCheck === undefined) return;
  const { interval = 30, timeout = 5, retries = 3, startPeriod = 0 } = healthCheck; // Docker's defaults
  const begun = clock.now().getTime();
  const argv = argvOf(healthCheck);
  let failures = 0;
  let isOver = false;
  let callOff = clock.after(interval * 1000, check);
  void running.ended.then(() => {
    isOver = true;
    callOff();
  });

  function check(): void {
    void succeeds(running, argv, timeout * 1000, clock).then((isWell) => {
      if (isOver) return;
      const isStarting = container.health !== 'HEALTHY' && clock.now().getTime() < begun + startPeriod * 1000;
      failures = isWell || isStarting ? 0 : failures + 1;
      const health = isWell ? 'HEALTHY' : failures >= retries ? 'UNHEALTHY' : container.health;
      callOff = clock.after(interval * 1000, check);
      if (health === container.health) return;
      container.health = health;
      changed();
    });
  }
}

function argvOf({ command: [kind, ...command] = [] }: HealthCheck): string[] {
  return kind === 'CMD-SHELL' ? ['/bin/sh', '-c', command.join(' ')] : command;
}

/** Whether a command ends in time, with exit code 0. */
async function succeeds(
  running: RunningContainer,
  argv: readonly string[],
  timeout: number,
  clock: CloudClock,
): Promise<boolean> {
  const command = running.execute(argv);
  let isLate = false;
  const callOff = clock.after(timeout, () => {
    isLate = true;
    command.kill();
  });
  for (const stream of [command.output, command.errors]) stream.resume();
  const exitCode = await command.ended;
  callOff();
  return exitCode === 0 && !isLate;
}
