import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { shortage } from '../../lib/shortage.ts';
import { UsageError } from '../../lib/usage.ts';
import { poll } from '../../lib/wait.ts';
import { signalGroup } from '../../run/processes/index.ts';
import { listeningPorts } from '../../run/processes/listening.ts';
import { Supervised } from '../../run/supervision/index.ts';
import type { ServiceDeclaration } from '../options.ts';
import type { AppParts } from '../parts.ts';
import { lastLines } from './last-lines.ts';
import { listenerOn } from './ports.ts';

const defaultTimeout = 30_000;
/** Failed starts in a row after which a service that was ready once is given up. */
const mostFailures = 5;
/** Characters of output that are searched for what says that it is ready. */
const outputKept = 100_000;

export interface ServiceOptions extends Pick<ServiceDeclaration, 'command' | 'ready' | 'timeout'> {
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly port: number;
  /** Records the leader of its process group. */
  readonly record: (pid: number) => void;
  readonly parts: AppParts;
}

/** A service that runs on this machine: a command, and all that it starts. */
export class Service extends Supervised {
  readonly port: number;
  readonly #options: ServiceOptions;
  /** What the current process has printed. */
  #output = '';
  /** Why the current process will never be ready. */
  #reason: string | undefined;
  #host = '127.0.0.1';
  #wasReady = false;

  constructor(name: string, options: ServiceOptions) {
    super(name);
    this.#options = options;
    this.port = options.port;
  }

  /** The address that it listens at. */
  get host(): string {
    return this.#host;
  }

  /** Whether it has ended because something else listens on its port. */
  get foundPortTaken(): boolean {
    return /EADDRINUSE|address already in use/i.test(this.#output) && this.#output.includes(String(this.port));
  }

  /** A sentence about it, followed by its last lines. */
  about(sentence: string): string {
    return sentence + lastLines(this.name, this.#output);
  }

  protected override launch(): ChildProcess {
    const { command, cwd, environment: env } = this.#options;
    this.#output = '';
    this.#reason = undefined;
    const options: SpawnOptions = { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true };
    if (typeof command === 'string') return spawn(command, { ...options, shell: true });
    const [program, ...args] = command;
    return spawn(program, args, options);
  }

  protected override record(pid: number): void {
    this.#options.record(pid);
  }

  protected override heard(text: string): void {
    super.heard(text);
    this.#output = (this.#output + stripVTControlCharacters(text)).slice(-outputKept);
  }

  protected override async whenReady(child: ChildProcess, ended: AbortSignal): Promise<void> {
    const { ready, port, parts, timeout = defaultTimeout } = this.#options;
    const missing = await poll(
      () => (ended.aborted ? undefined : parts.readiness.missing({ ready, port, output: this.#output })),
      (found) => found === undefined,
      { timeout, interval: 10, growth: 1.5, longest: 200 },
    );
    if (ended.aborted) return new Promise(() => undefined); // its end says why
    if (missing !== undefined) {
      this.#reason = `was not ready within ${timeout / 1000} s: ${missing}${elsewhere(child.pid, port)}`;
      throw new Error(`${this.name} ${this.#reason}`);
    }
    this.#host = (await listenerOn(port)) ?? this.#host;
    this.#wasReady = true;
  }

  protected override isHopeless(failures: number): boolean {
    return !this.#wasReady || failures >= mostFailures;
  }

  protected override givenUp(why: string): Error {
    return shortage(why) ?? new UsageError(this.about(`The service '${this.name}' ${this.#failure(why)}.`));
  }

  protected override signal({ pid }: ChildProcess, signal: NodeJS.Signals): void {
    this.#options.parts.ending.signal(pid, signal);
  }

  protected override async end({ pid }: ChildProcess): Promise<void> {
    if (pid !== undefined) await this.#options.parts.ending.stop(pid);
  }

  /** What it has started ends with it. */
  protected override ended({ pid }: ChildProcess): void {
    signalGroup(pid, 'SIGKILL');
  }

  #failure(why: string): string {
    const { command } = this.#options;
    const text = typeof command === 'string' ? command : command.join(' ');
    if (this.#reason !== undefined) return this.#reason;
    if (/ENOENT|EACCES/.test(why)) return `cannot be started: there is no program for its command, ${text}`;
    if (why.endsWith('exit code 127')) return `cannot be started: the shell does not find its command, ${text}`;
    return `${why.replace(`${this.name} `, '')} ${this.#wasReady ? 'again and again' : 'before it was ready'}`;
  }
}

/** Where it listens instead, as far as the system tells. */
function elsewhere(pid: number | undefined, port: number): string {
  if (pid === undefined || process.platform !== 'linux') return '';
  const others = [...new Set(listeningPorts([pid]).map((one) => one.port))].filter((one) => one !== port);
  return others.length === 0 ? '' : ` (it listens on port ${others.join(' and ')})`;
}
