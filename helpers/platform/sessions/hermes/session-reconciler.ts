import type { StoredSession } from '../store/session-store.ts';
import type { HermesContext } from './context.ts';
import type { SessionsAndTasks } from './steps.ts';

/**
 * Reconciles sessions: gives each its workspace, replaces lost ones, and ends unused sessions. Each pass reads the
 * current state, so that a restarted Hermes continues where the previous one was.
 */
export class SessionReconciler {
  readonly #context: HermesContext;
  /** Whether the last pass found neither sessions nor tasks. */
  #isAtRest = false;
  /** The sessions of the last pass, where each had its workspace, and until when the cloud is not asked again. */
  #settled: { readonly sessions: string; readonly until: number } | undefined;
  /** Tasks whose workspace is being opened, which may take longer than a pass. */
  readonly #opening = new Set<string>();
  /** When this process has protected each task; one that it finds in use after its start, it protects at once. */
  readonly #protectedAt = new Map<string, number>();

  constructor(context: HermesContext) {
    this.#context = context;
  }

  /** Resolves to `rest` when there are no sessions, or each has its workspace. */
  async look(): Promise<'rest' | void> {
    const { pool, parts, workspaces, configuration } = this.#context;
    const { steps } = parts;
    await steps.end(this.#context);
    const sessions = await parts.sessionStore.unfinished(pool);
    const { length } = sessions;
    if (length === 0 && this.#isAtRest) return 'rest';
    const isSettled = this.#settled?.sessions === describe(sessions) && performance.now() < this.#settled.until;
    if (isSettled) return 'rest';
    this.#isAtRest = false; // in case the pass fails
    this.#settled = undefined;
    const before = { sessions, tasks: await workspaces.list(sessions.flatMap(({ task }) => task ?? [])) };
    await steps.forgetStopped(before, this.#context);
    await steps.assign(await this.#sessionsOf(before), this.#context);
    const situation = await this.#sessionsOf(before);
    for (const session of situation.sessions) void this.#open(session);
    await this.#protect(situation.sessions);
    await steps.scale(situation, this.#context);
    this.#isAtRest = length === 0 && before.tasks.length === 0;
    if (!haveTheirTasks(situation)) return this.#isAtRest ? 'rest' : undefined;
    this.#settled = {
      sessions: describe(situation.sessions),
      until: performance.now() + configuration.times.tasks,
    };
    return 'rest';
  }

  /** A failure is retried in the next pass. */
  async #open(session: StoredSession): Promise<void> {
    const { status, task } = session;
    if (status !== 'initializing' || task === null || this.#opening.has(task)) return;
    this.#opening.add(task);
    try {
      await this.#context.parts.steps.open(session, this.#context);
      this.#protectedAt.set(task, performance.now());
    } catch (error) {
      process.stderr.write(`${String(error)}\n`);
    }
    this.#opening.delete(task);
  }

  /** Protects tasks in use anew. A failure is retried in the next pass. */
  async #protect(sessions: readonly StoredSession[]): Promise<void> {
    for (const task of this.#protectedAt.keys())
      if (!sessions.some((session) => session.task === task)) this.#protectedAt.delete(task);
    for (const session of sessions) {
      const { status, task } = session;
      if (status !== 'active' || task === null) continue;
      const now = performance.now();
      const age = now - (this.#protectedAt.get(task) ?? -Infinity);
      if (age < this.#context.configuration.times.protection) continue;
      try {
        await this.#context.parts.steps.protect(session, this.#context);
        this.#protectedAt.set(task, now);
      } catch (error) {
        process.stderr.write(`${String(error)}\n`);
      }
    }
  }

  /** Reads the sessions again, and keeps the tasks. */
  async #sessionsOf({ tasks }: SessionsAndTasks): Promise<SessionsAndTasks> {
    const { pool, parts } = this.#context;
    return { sessions: await parts.sessionStore.unfinished(pool), tasks };
  }
}

/** Whether each session is active on a task of its own, and there is no other task. */
function haveTheirTasks({ sessions, tasks }: SessionsAndTasks): boolean {
  const running = tasks.filter(({ isStopped }) => !isStopped);
  const hasItsTask = ({ status, task }: StoredSession): boolean =>
    status === 'active' &&
    running.some(({ arn, address, isLeaving }) => arn === task && !isLeaving && address !== undefined);
  return sessions.length > 0 && running.length === sessions.length && sessions.every(hasItsTask);
}

/** What a pass depends on, of the sessions. */
function describe(sessions: readonly StoredSession[]): string {
  return JSON.stringify(sessions.map(({ id, status, task }) => [id, status, task]));
}
