import { type ChildProcess, execFileSync, type ExecFileSyncOptionsWithStringEncoding } from 'node:child_process';
import { once } from 'node:events';
import { EnvironmentUnavailable, messageOf } from '../../lib/environment.ts';
import { shortage } from '../../lib/shortage.ts';

/**
 * Starts a process by `spawn` or `fork`, and returns it when it runs: before its first output, message or end. It emits
 * no `error` that is fatal to us; what does not reach it later is told by its end.
 * @param record notes its id; when that fails it is killed, because nobody could find it.
 * @throws EnvironmentUnavailable in one sentence when the system does not start it, or does not let us note it.
 */
export async function startProcess<Child extends ChildProcess>(
  what: string,
  start: () => Child,
  record: (pid: number) => void = () => undefined,
): Promise<Child> {
  try {
    const child = start();
    await once(child, 'spawn');
    child.on('error', () => undefined);
    recordOrKill(child, record);
    return child;
  } catch (error) {
    throw cannotStart(what, error);
  }
}

/** Notes the id of a process that runs; where that cannot be done, it is killed. */
export function recordOrKill(child: ChildProcess, record: (pid: number) => void): void {
  try {
    if (child.pid !== undefined) record(child.pid);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

/**
 * What a program prints, as `execFileSync`.
 * @throws EnvironmentUnavailable when the machine has run out of something, else the program's own error.
 */
export function outputOf(
  program: string,
  args: readonly string[],
  options: Omit<ExecFileSyncOptionsWithStringEncoding, 'encoding'> = {},
): string {
  try {
    return execFileSync(program, args, { ...options, encoding: 'utf8' });
  } catch (error) {
    throw shortage(error) ?? error;
  }
}

/** What to say of a process that the system has not started. */
function cannotStart(what: string, error: unknown): EnvironmentUnavailable {
  return (
    shortage(error) ??
    new EnvironmentUnavailable(
      `${what} cannot be started (${messageOf(error)}): see whether it is installed and may be run.`,
    )
  );
}
