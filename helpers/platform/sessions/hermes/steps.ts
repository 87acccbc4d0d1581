import type pg from 'pg';
import type { Context } from '../../kernel/process.ts';
import type { SessionConfiguration } from '../configuration.ts';
import type { SessionStore, StoredSession } from '../store/session-store.ts';
import { type Containers, placeOf } from './containers.ts';
import { Refusal } from './refusal.ts';
import type { Workspaces, WorkspaceTask } from './workspaces.ts';

/** The sessions that have not ended, and the existing tasks. */
export interface SessionsAndTasks {
  readonly sessions: readonly StoredSession[];
  readonly tasks: readonly WorkspaceTask[];
}

/** What a step works with. */
interface StepContext extends Context<
  { readonly sessionStore: SessionStore; readonly containers: Containers },
  SessionConfiguration
> {
  readonly pool: pg.Pool;
  readonly workspaces: Workspaces;
}

type Step = (situation: SessionsAndTasks, context: StepContext) => Promise<void>;

/** Hermes' steps for the sessions. Each can be repeated at any time. */
export interface Steps {
  /** Ends sessions that are idle or have waited too long. */
  readonly end: (context: StepContext) => Promise<void>;
  /** Removes lost tasks from sessions: an ending one is over, another one gets a new task. */
  readonly forgetStopped: Step;
  /** Gives free tasks to sessions without one. */
  readonly assign: Step;
  /** Opens the workspace of a session that has a task. */
  readonly open: (session: StoredSession, context: StepContext) => Promise<void>;
  /** Protects the task of an active session anew, before its protection ends. */
  readonly protect: (session: StoredSession, context: StepContext) => Promise<void>;
  /** Adjusts the number of tasks. */
  readonly scale: Step;
}

export const steps: Steps = {
  async end({ pool, parts: { sessionStore }, configuration: { times } }) {
    await sessionStore.drainIdle(pool, times.idle);
    await sessionStore.drainLate(pool, times.patience);
  },

  async forgetStopped({ sessions, tasks }, { pool, parts: { sessionStore } }) {
    for (const session of sessions) {
      const task = tasks.find(({ arn }) => arn === session.task);
      const isGone = task === undefined || task.isStopped;
      if (session.status === 'draining') {
        if (isGone) await sessionStore.expire(pool, session.id, 'ended');
      } else if (session.task !== null && (isGone || task.isLeaving))
        await sessionStore.unassign(pool, session.id, session.task);
    }
  },

  async assign(situation, { pool, parts: { sessionStore }, workspaces }) {
    const ready = freeTasks(situation).filter(({ address }) => address !== undefined);
    for (const [index, session] of sessionsWithoutTask(situation).entries()) {
      const task = ready[index];
      if (task === undefined) return;
      if (await sessionStore.assign(pool, session.id, task.arn, task.address!))
        await workspaces.claim(task.arn, session.id);
    }
  },

  async open(session, { pool, parts: { sessionStore, containers }, workspaces, configuration: { workspaceSecret } }) {
    const { id, task, client, user, thread } = session;
    await workspaces.claim(task!, id); // repeated, in case the assigner was killed
    try {
      await containers.init(placeOf(session, workspaceSecret), id, {
        clientId: client,
        userId: user,
        threadId: thread,
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      await sessionStore.drain(pool, id, error.message); // a retry would be refused, too
      return;
    }
    await sessionStore.activate(pool, id, task!);
  },

  protect: ({ id, task }, { workspaces }) => workspaces.claim(task!, id),

  async scale(situation, { workspaces }) {
    const { sessions, tasks } = situation;
    const blocked = new Set(blockedSessions(situation));
    const live = sessions.filter((session) => session.status !== 'draining' && !blocked.has(session)).length;
    const leaving = sessions.filter(
      ({ status, task }) => status === 'draining' && tasks.some(({ arn, isLeaving }) => arn === task && !isLeaving),
    );
    // The service may stop any unprotected task, so protection is removed only when no other task is unprotected.
    const isFirm = sessionsWithoutTask(situation).length === 0 && freeTasks(situation).length === 0;
    if (isFirm) for (const { task } of leaving) await workspaces.release(task!);
    const wanted = isFirm ? live : live + leaving.length;
    if ((await workspaces.desired()) !== wanted) await workspaces.scale(wanted);
  },
};

/** Tasks without a session. */
function freeTasks({ sessions, tasks }: SessionsAndTasks): WorkspaceTask[] {
  const taken = new Set(sessions.map(({ task }) => task));
  return tasks.filter(({ arn, isStopped, isLeaving }) => !taken.has(arn) && !isStopped && !isLeaving);
}

/** Sessions that wait for the user's previous session to leave the workspace. */
function blockedSessions({ sessions }: SessionsAndTasks): StoredSession[] {
  return sessions.filter(
    (session) =>
      session.status !== 'draining' &&
      sessions.some(
        ({ status, client, user }) => status === 'draining' && client === session.client && user === session.user,
      ),
  );
}

/** Sessions that wait for a task. */
function sessionsWithoutTask(situation: SessionsAndTasks): StoredSession[] {
  const blocked = new Set(blockedSessions(situation));
  return situation.sessions.filter(
    (session) => session.status === 'initializing' && session.task === null && !blocked.has(session),
  );
}
