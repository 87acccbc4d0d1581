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
  /** Tasks whose workspace is being opened, which may take longer than a pass. */
  readonly #opening = new Set<string>();

  constructor(context: HermesContext) {
    this.#context = context;
  }

  async look(): Promise<void> {
    const { steps } = this.#context.parts;
    await steps.end(this.#context);
    const before = await this.#situation();
    const { length } = before.sessions;
    if (length === 0 && this.#isAtRest) return;
    this.#isAtRest = false; // in case the pass fails
    await steps.forgetStopped(before, this.#context);
    await steps.assign(await this.#sessionsOf(before), this.#context);
    const situation = await this.#sessionsOf(before);
    for (const session of situation.sessions) void this.#open(session);
    await steps.scale(situation, this.#context);
    this.#isAtRest = length === 0 && before.tasks.length === 0;
  }

  /** A failure is retried in the next pass. */
  async #open(session: StoredSession): Promise<void> {
    const { status, task } = session;
    if (status !== 'initializing' || task === null || this.#opening.has(task)) return;
    this.#opening.add(task);
    await this.#context.parts.steps
      .open(session, this.#context)
      .catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
    this.#opening.delete(task);
  }

  async #situation(): Promise<SessionsAndTasks> {
    const { pool, parts, workspaces } = this.#context;
    const sessions = await parts.sessionStore.unfinished(pool);
    if (sessions.length === 0 && this.#isAtRest) return { sessions, tasks: [] };
    return { sessions, tasks: await workspaces.list(sessions.flatMap(({ task }) => task ?? [])) };
  }

  /** Reads the sessions again, and keeps the tasks. */
  async #sessionsOf({ tasks }: SessionsAndTasks): Promise<SessionsAndTasks> {
    const { pool, parts } = this.#context;
    return { sessions: await parts.sessionStore.unfinished(pool), tasks };
  }
}
