import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { messageOf } from '../../lib/environment.ts';
import { shortage } from '../../lib/shortage.ts';
import { recordOrKill } from '../../run/processes/index.ts';
import type { LaunchOptions, ProviderExit } from '../provider.ts';
import { ProviderError } from '../provider-error.ts';
import { eachLine } from './lines.ts';

/** Lines of its output that an error shows. */
const linesShown = 5;

/** A provider's process, whose output is read from the first moment to the last. */
export class ProviderProcess {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<ProviderExit>;
  /** Its first line on stdout; undefined when it ended without one. */
  readonly firstLine: Promise<string | undefined>;
  readonly #child: ChildProcess;
  readonly #last: string[] = [];
  /** The line with which a crash of Go begins: its trace, which follows, is long. */
  #panic: string | undefined;
  readonly #log: (line: string) => void;
  #exit: ProviderExit | undefined;

  private constructor(
    child: ChildProcess,
    { program: { name }, log, readErrors = eachLine }: Pick<LaunchOptions, 'program' | 'log' | 'readErrors'>,
  ) {
    this.name = name;
    this.pid = child.pid!;
    this.#child = child;
    this.#log = log;
    // After the end of its output, so that an error can show that; but a child of its own may hold the output open.
    this.exited = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void =>
        resolve((this.#exit ??= { code, signal }));
      child.once('close', end);
      child.once('exit', (code, signal) => {
        this.#exit = { code, signal };
        setTimeout(end, 200, code, signal).unref();
      });
    });
    this.firstLine = new Promise((resolve) => {
      let isFirst = true;
      eachLine(child.stdout!, (line) => {
        if (isFirst) resolve(line);
        else this.note(line);
        isFirst = false;
      });
      void this.exited.then(() => resolve(undefined));
    });
    readErrors(child.stderr!, (line) => this.note(line));
  }

  /** @throws ProviderError NOT_A_PLUGIN or BINARY_BUSY, EnvironmentUnavailable when the machine has no room for it. */
  static async start(
    options: Pick<LaunchOptions, 'program' | 'workingDirectory' | 'log' | 'record' | 'readErrors'>,
    environment: NodeJS.ProcessEnv,
  ): Promise<ProviderProcess> {
    const { program, workingDirectory, record } = options;
    let child: ChildProcess;
    try {
      child = spawn(program.command, program.args, {
        cwd: workingDirectory,
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const started = once(child, 'spawn');
      child.on('error', () => undefined);
      await started;
    } catch (error) {
      throw cannotStart(options, error);
    }
    const provider = new ProviderProcess(child, options);
    recordOrKill(child, record);
    return provider;
  }

  get hasExited(): boolean {
    return this.#exit !== undefined;
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.#child.kill(signal);
  }

  /** Passes a line of its output on, and keeps it for an error. */
  note(line: string): void {
    if (/^(panic|fatal error): /.test(line)) this.#panic ??= line;
    this.#last.push(line);
    if (this.#last.length > linesShown) this.#last.shift();
    this.#log(line);
  }

  /** How it has ended, and its last words. */
  describeExit({ code, signal }: ProviderExit): string {
    const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
    const words = (this.#panic === undefined ? this.#last : [this.#panic])
      .map((line) => line.trim().slice(0, 500))
      .filter((line) => line !== '');
    return words.length === 0 ? `${how} and printed nothing` : `${how}; its last lines are: ${words.join(' / ')}`;
  }
}

function cannotStart(
  { program, workingDirectory }: Pick<LaunchOptions, 'program' | 'workingDirectory'>,
  error: unknown,
) {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ETXTBSY')
    return new ProviderError(
      'BINARY_BUSY',
      `${program.name} cannot be started while its binary ${program.command} is being written: write it to another file, and rename that.`,
    );
  const short = shortage(error);
  if (short !== undefined) return short;
  const reason = existsSync(workingDirectory) ? messageOf(error) : `there is no folder ${workingDirectory}`;
  return new ProviderError(
    'NOT_A_PLUGIN',
    `${program.name} cannot be started (${reason}): ${program.command} has to be an executable provider for this system.`,
  );
}
