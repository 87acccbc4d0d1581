import { type ChildProcess, execFileSync, type ExecFileSyncOptionsWithStringEncoding } from 'node:child_process';
import { once } from 'node:events';
import { EnvironmentUnavailable, messageOf } from '../../lib/environment.ts';
import { shortage } from '../../lib/shortage.ts';

/**
 * Starts a process by `spawn` or `fork`, and resolves when it runs: before its first output, message or exit. Its
 * `error` events are not fatal to this process; a lost message shows by the child's exit.
 * @param record records its id; if that fails the process is killed, because no sweep could find it.
 * @throws EnvironmentUnavailable in one sentence when it cannot be started or recorded.
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

/** Records the id of a running process, or kills it when that fails. */
export function recordOrKill(child: ChildProcess, record: (pid: number) => void): void {
  try {
    if (child.pid !== undefined) record(child.pid);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

/**
 * The output of a program, as by `execFileSync`.
 * @throws EnvironmentUnavailable when the machine has run out of something, otherwise the program's own error.
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

/** The error for a process that the system has not started. */
function cannotStart(what: string, error: unknown): EnvironmentUnavailable {
  return (
    shortage(error) ??
    new EnvironmentUnavailable(
      `${what} cannot be started (${messageOf(error)}): see whether it is installed and may be run.`,
    )
  );
}
