import type { SupervisedProcess, Supervisor } from '../platform/kernel/supervisor.ts';

/** Disturbs the processes of a platform, and restores them. */
export class Chaos<Name extends string> {
  readonly #supervisor: Supervisor;

  constructor(supervisor: Supervisor) {
    this.#supervisor = supervisor;
  }

  /** A process's id, and how often it was started. */
  process(name: Name): Pick<SupervisedProcess, 'pid' | 'starts'> {
    return this.#supervisor.process(name);
  }

  /** Kills a process with SIGKILL. The platform starts it again by itself. */
  kill(name: Name): void {
    void this.#supervisor.process(name).kill();
  }

  /** Ends a process and keeps it stopped. */
  async stop(name: Name): Promise<void> {
    await this.#supervisor.process(name).stop();
  }

  /** Starts a process that was stopped or given up; resolves when it is ready. */
  async start(name: Name): Promise<void> {
    await this.#supervisor.process(name).start();
  }

  /** Suspends a process: it keeps its connections and does nothing. */
  freeze(name: Name): void {
    this.#supervisor.process(name).freeze();
  }

  thaw(name: Name): void {
    this.#supervisor.process(name).thaw();
  }

  /**
   * Resolves when the killed process has been replaced by one that is ready.
   * @throws EnvironmentUnavailable when the platform has given up restarting it.
   */
  async ready(name: Name): Promise<void> {
    await this.#supervisor.process(name).ready();
  }

  /** Resumes and restarts everything. */
  async restore(): Promise<void> {
    for (const name of this.#supervisor.names) this.#supervisor.process(name).thaw();
    await this.#supervisor.start();
  }
}
