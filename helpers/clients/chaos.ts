import type { SupervisedProcess, Supervisor } from '../platform/kernel/supervisor.ts';

/** Does harm to the processes of a platform, and puts it right again. */
export class Chaos<Name extends string> {
  readonly #supervisor: Supervisor;

  constructor(supervisor: Supervisor) {
    this.#supervisor = supervisor;
  }

  /** What is known of a process: its id, and how often it was started. */
  process(name: Name): Pick<SupervisedProcess, 'pid' | 'starts'> {
    return this.#supervisor.process(name);
  }

  /** Kills a process with SIGKILL. The platform starts it again by itself. */
  kill(name: Name): void {
    this.#supervisor.process(name).kill();
  }

  /** Ends a process and keeps it down. */
  async stop(name: Name): Promise<void> {
    await this.#supervisor.process(name).stop();
  }

  /** Starts one that was stopped, or given up; returns when it is ready. */
  async start(name: Name): Promise<void> {
    await this.#supervisor.process(name).start();
  }

  /** Stops a process in its tracks: it keeps its connections and does nothing. */
  freeze(name: Name): void {
    this.#supervisor.process(name).freeze();
  }

  thaw(name: Name): void {
    this.#supervisor.process(name).thaw();
  }

  /**
   * Returns when the process that was killed is replaced by one that is ready. @throws EnvironmentUnavailable when it
   * was given up.
   */
  async ready(name: Name): Promise<void> {
    await this.#supervisor.process(name).ready();
  }

  /** Everything runs again. */
  async restore(): Promise<void> {
    for (const name of this.#supervisor.names) this.#supervisor.process(name).thaw();
    await this.#supervisor.start();
  }
}
