import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** A command's times, in milliseconds. */
export interface CommandTimes {
  readonly wall: number;
  /** Of the command and all its processes, except background servers that no process waited for. */
  readonly cpu: number;
}

/** Runs the command, then prints the processor time of the shell and its children, which Node does not report. */
const script = '"$@"; code=$?; times; exit $code';

/** Characters at the end of a failed command's output: what has failed comes last. */
const lastOutput = 5_000;

/**
 * Runs a command to its end and measures it. `watch` gets the id of the shell that it runs in.
 * @throws Error with the end of its output, when it fails.
 */
export async function timeCommand(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
  watch?: (pid: number) => void,
): Promise<CommandTimes> {
  const start = performance.now();
  const child = spawn('sh', ['-c', script, 'sh', ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  if (child.pid !== undefined) watch?.(child.pid);
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  const [exitCode, output, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  const wall = performance.now() - start;
  if (exitCode !== 0)
    throw new Error(`${command.join(' ')} failed (${exitCode}):\n${output.slice(-lastOutput)}${errors}`);
  return { wall, cpu: childrenTime(output) };
}

/** The last line has the minutes and seconds of the children, user and system; some languages use a decimal comma. */
function childrenTime(output: string): number {
  const parts = /(\d+)m([\d.,]+)s (\d+)m([\d.,]+)s\s*$/
    .exec(output)!
    .slice(1)
    .map((part) => Number(part.replace(',', '.')));
  const [userMinutes, user, systemMinutes, system] = parts as [number, number, number, number];
  return 1000 * (60 * (userMinutes + systemMinutes) + user + system);
}
