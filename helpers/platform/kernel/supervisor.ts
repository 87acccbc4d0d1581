import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EnvironmentUnavailable } from '../../lib/environment.ts';
import { stopProcess } from '../../run/processes/index.ts';
import { Supervised } from '../../run/supervision/index.ts';
import { shortage } from '../../lib/shortage.ts';
import type { Announcement, Assignment } from './process.ts';

/** The first module of every process. */
export const boot = fileURLToPath(new URL('boot.cjs', import.meta.url));
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

/** One process of a platform that is kept running. */
export class SupervisedProcess extends Supervised {
  readonly #plan: ProcessPlan;
  readonly #options: SupervisorOptions;
  readonly #addressOf: (name: string) => Promise<string>;
  #knownPort: number | undefined;

  constructor(plan: ProcessPlan, options: SupervisorOptions, addressOf: (name: string) => Promise<string>) {
    super(plan.name);
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

  protected override launch(): ChildProcess {
    return fork(boot, [path.join(this.#options.code, `${this.#plan.entry}.cjs`), this.#options.mark], {
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true, // Ctrl-C ends the run, which ends its processes
      env: { ...process.env, NODE_OPTIONS: '' },
    });
  }

  protected override record(pid: number): void {
    this.#options.record(this.name, pid);
  }

  protected override async whenReady(child: ChildProcess): Promise<void> {
    const announced = new Promise<Announcement>((resolve) => {
      child.once('message', resolve);
    });
    await this.#assign(child);
    const announcement = await announced;
    if ('failed' in announcement) throw new Error(announcement.failed);
    this.#knownPort = announcement.ready.port ?? this.#knownPort;
  }

  protected override isHopeless(failures: number): boolean {
    return failures >= mostFailures;
  }

  protected override givenUp(why: string, log: readonly string[]): Error {
    const reason =
      log.findLast((line) => shortage(line) !== undefined) ?? log.find((line) => /error/i.test(line)) ?? why;
    return (
      shortage(reason) ??
      new EnvironmentUnavailable(`The platform's ${this.name} does not start (${reason}): see its log.`)
    );
  }

  protected override async end({ pid }: ChildProcess): Promise<void> {
    if (pid !== undefined) await stopProcess(pid, 'SIGKILL');
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
}
