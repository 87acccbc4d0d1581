import type { StoredSession } from '../store/session-store.ts';
import type { HermesContext } from './context.ts';
import type { SessionsAndTasks } from './steps.ts';

/**
 * Takes care of the sessions: gives each its workspace, replaces one that is gone, ends what nobody uses. Each look
 * reads what there is, and does what that calls for; so one that starts anew goes on where the one before was.
 */
export class SessionReconciler {
  readonly #context: HermesContext;
  /** When it last looked, no session was there, and no task. */
  #isAtRest = false;
  /** Tasks in which a workspace is being opened, which takes longer than a look may. */
  readonly #opening = new Set<string>();

  constructor(context: HermesContext) {
    this.#context = context;
  }

  async look(): Promise<void> {
    const {
      parts: { steps },
    } = this.#context;
    await steps.end(this.#context);
    const before = await this.#situation();
    const { length } = before.sessions;
    if (length === 0 && this.#isAtRest) return;
    this.#isAtRest = false; // whatever may go wrong from here on
    await steps.forgetStopped(before, this.#context);
    await steps.assign(await this.#sessionsOf(before), this.#context);
    const situation = await this.#sessionsOf(before);
    for (const session of situation.sessions) void this.#open(session);
    await steps.scale(situation, this.#context);
    this.#isAtRest = length === 0 && before.tasks.length === 0;
  }

  /** One that fails is tried again at the next look. */
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
    const {
      pool,
      parts: { sessionStore },
      workspaces,
    } = this.#context;
    const sessions = await sessionStore.unfinished(pool);
    if (sessions.length === 0 && this.#isAtRest) return { sessions, tasks: [] };
    return { sessions, tasks: await workspaces.list(sessions.flatMap(({ task }) => task ?? [])) };
  }

  /** The sessions as they are by now, and the tasks as they were. */
  async #sessionsOf({ tasks }: SessionsAndTasks): Promise<SessionsAndTasks> {
    const {
      pool,
      parts: { sessionStore },
    } = this.#context;
    return { sessions: await sessionStore.unfinished(pool), tasks };
  }
}
