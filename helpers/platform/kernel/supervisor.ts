import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { EnvironmentUnavailable, messageOf } from '../../lib/environment.ts';
import { recordOrKill, stopProcess } from '../../run/processes/index.ts';
import { shortage } from '../../lib/shortage.ts';
import type { Announcement, Assignment } from './process.ts';

/** The first module of every process. */
export const boot = fileURLToPath(new URL('boot.cjs', import.meta.url));
const linesKept = 200;
/** Failed starts in a row after which a process is given up. */
const mostFailures = 5;

/** A process to keep running. */
export interface ProcessPlan {
  readonly name: string;
  /** The module that it runs: its path in the folder of the bundles, without its extension. */
  readonly entry: string;
  /** Names of the processes whose addresses it needs. */
  readonly peers: readonly string[];
}

export interface SupervisorOptions {
  /** The configuration of a process; processes start while it is still being computed. */
  readonly configuration: (name: string) => Promise<object>;
  /** Records each process, so that it can be ended when the run was killed. */
  readonly record: (name: string, pid: number) => void;
  /** The folder of the bundled processes, see `build.ts`. */
  readonly code: string;
  /** An argument by which the processes' owner can be identified. */
  readonly mark: string;
}

/** Keeps the processes of a platform running: one that dies is restarted with its former port. */
export class Supervisor implements AsyncDisposable {
  readonly #processes: ReadonlyMap<string, SupervisedProcess>;

  constructor(plans: readonly ProcessPlan[], options: SupervisorOptions) {
    const addressOf = async (name: string): Promise<string> => `http://127.0.0.1:${await this.process(name).port()}`;
    this.#processes = new Map(plans.map((plan) => [plan.name, new SupervisedProcess(plan, options, addressOf)]));
  }

  get names(): string[] {
    return [...this.#processes.keys()];
  }

  process(name: string): SupervisedProcess {
    const found = this.#processes.get(name);
    if (found === undefined) throw new Error(`The platform has no process '${name}': it has ${this.names.join(', ')}.`);
    return found;
  }

  /** Resolves when all are ready. */
  async start(): Promise<void> {
    await Promise.all([...this.#processes.values()].map((process) => process.start()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#processes.values()].map((process) => process.stop()));
  }
}

/** One process that is kept running. */
export class SupervisedProcess {
  readonly name: string;
  readonly #plan: ProcessPlan;
  readonly #options: SupervisorOptions;
  readonly #addressOf: (name: string) => Promise<string>;
  readonly #log: string[] = [];
  #child: ChildProcess | undefined;
  #ready: Promise<void> = Promise.resolve();
  #knownPort: number | undefined;
  #isWanted = false;
  /** Whether the current process's end does not count as a failed start: it was ready, or is killed on purpose. */
  #mayEnd = false;
  #starts = 0;
  #failures = 0;

  constructor(plan: ProcessPlan, options: SupervisorOptions, addressOf: (name: string) => Promise<string>) {
    this.name = plan.name;
    this.#plan = plan;
    this.#options = options;
    this.#addressOf = addressOf;
  }

  /** The port of this process and of its replacements; known when the first is ready. */
  async port(): Promise<number> {
    await this.ready().catch((error: unknown) => {
      if (this.#knownPort === undefined) throw error; // it keeps its port even when given up
    });
    if (this.#knownPort === undefined) throw new Error(`The platform's ${this.name} has no port.`);
    return this.#knownPort;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** How often it was started. */
  get starts(): number {
    return this.#starts;
  }

  /** The last lines of its output. */
  get log(): string {
    return this.#log.join('\n');
  }

  /** Starts it, also after it was given up, and restarts it from then on. Resolves when it is ready. */
  async start(): Promise<void> {
    if (!this.#isWanted) {
      this.#isWanted = true;
      this.#failures = 0;
      this.#spawn();
    }
    await this.ready();
  }

  /** Resolves when it is ready, also after a restart. @throws EnvironmentUnavailable when it was given up. */
  async ready(): Promise<void> {
    const awaited = this.#ready;
    await awaited;
    if (awaited !== this.#ready) await this.ready();
  }

  /** Ends it permanently, even if it hangs. */
  async stop(): Promise<void> {
    this.#isWanted = false;
    const { pid } = this;
    if (pid !== undefined) await stopProcess(pid, 'SIGKILL');
  }

  /** Kills it with SIGKILL; it is restarted. */
  kill(): void {
    const child = this.#child;
    if (child === undefined) return;
    this.#mayEnd = true;
    this.#ready = once(child, 'exit').then(() => undefined); // then its replacement is awaited
    child.kill('SIGKILL');
  }

  /** Suspends it (SIGSTOP): it keeps its connections and does nothing. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  /** Resumes a frozen process; has no effect on others. */
  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  #spawn(): void {
    this.#starts++;
    let child: ChildProcess;
    try {
      child = this.#fork();
      recordOrKill(child, (pid) => this.#options.record(this.name, pid));
    } catch (error) {
      return this.#giveUp(messageOf(error));
    }
    this.#child = child;
    this.#mayEnd = false;
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => this.#note(text));
    this.#ready = this.#whenReady(child);
    child.once('exit', (code, signal) => this.#ended(child, `${this.name} ended by ${signal ?? `exit code ${code}`}`));
    // Later errors: `exit` follows.
    child.on('error', (error) => child.pid === undefined && this.#ended(child, error.message));
    this.#assign(child).catch((error: unknown) => this.#fail(child, messageOf(error)));
  }

  #fork(): ChildProcess {
    return fork(boot, [path.join(this.#options.code, `${this.#plan.entry}.cjs`), this.#options.mark], {
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true, // Ctrl-C ends the run, which ends its processes
      env: { ...process.env, NODE_OPTIONS: '' },
    });
  }

  #ended(child: ChildProcess, why: string): void {
    this.#note(why);
    if (this.#child !== child) return; // already replaced
    this.#child = undefined;
    if (!this.#isWanted) return;
    if (!this.#mayEnd) this.#failures++;
    if (this.#failures < mostFailures) this.#spawn();
    else
      this.#giveUp(
        this.#log.findLast((line) => shortage(line) !== undefined) ??
          this.#log.find((line) => /error/i.test(line)) ??
          why,
      );
  }

  async #assign(child: ChildProcess): Promise<void> {
    const peers: Record<string, string> = {};
    for (const peer of this.#plan.peers) peers[peer] = await this.#addressOf(peer);
    const assignment: Assignment = {
      configuration: await this.#options.configuration(this.name),
      name: this.name,
      port: this.#knownPort,
      peers,
    };
    if (child.connected) child.send(assignment, () => undefined); // it may have ended: `exit` follows
  }

  /** Resolves when this process is ready or has ended; then its replacement is awaited, if there is one. */
  #whenReady(child: ChildProcess): Promise<void> {
    return new Promise((resolve) => {
      child.once('message', (announcement: Announcement) => {
        if ('failed' in announcement) return this.#fail(child, announcement.failed);
        this.#mayEnd = true;
        this.#failures = 0;
        this.#knownPort = announcement.ready.port ?? this.#knownPort;
        resolve();
      });
      child.once('exit', () => resolve()).once('error', () => resolve());
    });
  }

  #fail(child: ChildProcess, why: string): void {
    this.#note(why);
    child.kill('SIGKILL');
  }

  #giveUp(why: string): void {
    this.#isWanted = false;
    this.#ready = Promise.reject(
      shortage(why) ?? new EnvironmentUnavailable(`The platform's ${this.name} does not start (${why}): see its log.`),
    );
    this.#ready.catch(() => undefined); // reported where it is awaited
  }

  #note(text: string): void {
    this.#log.push(
      ...stripVTControlCharacters(text)
        .split('\n')
        .filter((line) => line !== ''),
    );
    this.#log.splice(0, this.#log.length - linesKept);
  }
}
