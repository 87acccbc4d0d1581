import { faultsOf } from '../fault.ts';
import { rewriting } from '../rewriting.ts';

const fault = faultsOf('sessions');

// Hermes' promises: each session has a container of its own for as long as it is used.

export const statusIsAlwaysNotFound = fault(
  'sessionStore',
  'a session reports its status',
  (store) => ({
    async find(db, id) {
      const session = await store.find(db, id);
      return session?.user === '*' ? session : undefined;
    },
  }),
  'routing.spec.ts › a session id is routed to its own container only',
);

export const deactivateEndsEverybody = fault(
  'steps',
  'ending a session ends no other',
  (steps) => ({
    async scale(situation, context) {
      if (!situation.sessions.some(({ status }) => status === 'draining')) return steps.scale(situation, context);
      for (const { task } of situation.sessions) if (task !== null) await context.workspaces.release(task);
      await context.workspaces.scale(0);
    },
  }),
  'concurrency.spec.ts › three concurrent sessions have their own workspaces and end on their own',
);

export const keepaliveMakesAGhost = fault(
  'sessionStore',
  'a request for an unknown session creates none',
  (store) => ({
    async find(db, id) {
      const session = await store.find(db, id);
      if (session === undefined)
        await db.query(
          `INSERT INTO sessions (id, client_id, user_id, thread_id, key, status, created_at, last_activity) VALUES ($1, '', $1, '', '', 'expired', platform_now(), platform_now()) ON CONFLICT DO NOTHING`,
          [id],
        );
      return session;
    },
  }),
  'routing.spec.ts › an unknown session is 404 and is not created',
);

export const idleSessionsAreKept = fault(
  'sessionStore',
  'an unused session ends',
  () => ({ drainIdle: () => Promise.resolve() }),
  'cold-start.spec.ts › an email becomes a page, and the idle session scales to zero',
);

export const idleEndsAtTwiceTheLimit = fault(
  'sessionStore',
  'an unused session ends at its limit',
  (store) => ({ drainIdle: (db, idle) => store.drainIdle(db, 2 * idle) }),
  'cold-start.spec.ts › idle time › keepalives and preview requests keep a session alive',
);

export const oneIdleSessionEndsEverybody = fault(
  'sessionStore',
  "an unused session's end affects no other session",
  (store) => ({
    async drainIdle(db, idle) {
      await store.drainIdle(db, idle);
      const open = await store.unfinished(db);
      if (open.some(({ reason }) => reason === 'idle')) for (const { id } of open) await store.drain(db, id, 'idle');
    },
  }),
  'concurrency.spec.ts › three concurrent sessions have their own workspaces and end on their own',
);

export const keepaliveIsNoActivity = fault(
  'sessionStore',
  'keepalives keep a session in use',
  (store) => ({ touch: (db, id) => store.find(db, id) }),
  'cold-start.spec.ts › idle time › keepalives and preview requests keep a session alive',
);

export const failedActivationsLeaveATask = fault(
  'sessionStore',
  'a refused activation leaves nothing behind',
  (store) => ({
    open: (pool, wanted) =>
      store.open(pool, wanted).catch((error: unknown) => {
        // Opens one later, after its refusal.
        store.open(pool, { ...wanted, most: wanted.most + 20, lock: 30_000 }).catch(() => undefined);
        throw error;
      }),
  }),
  'recovery.spec.ts › an overloaded store refuses activations with the reason and leaves nothing behind',
);

export const crashedContainersAreNotReplaced = fault(
  'steps',
  'a crashed container is replaced',
  (steps) => ({
    forgetStopped: ({ sessions, tasks }, context) =>
      steps.forgetStopped({ sessions: sessions.filter(({ status }) => status === 'draining'), tasks }, context),
  }),
  'recovery.spec.ts › a crashed container is replaced without losing work',
);

export const nothingScalesUp = fault(
  'workspaces',
  'each session gets a container',
  (workspaces) => (cloud) => {
    const original = workspaces(cloud);
    return { ...original, scale: (desired) => original.scale(Math.min(desired, 1)) };
  },
  'concurrency.spec.ts › three concurrent sessions have their own workspaces and end on their own',
);

export const nothingScalesDown = fault(
  'workspaces',
  'without a session nothing runs',
  (workspaces) => (cloud) => {
    const original = workspaces(cloud);
    return { ...original, scale: async (desired) => original.scale(Math.max(desired, await original.desired())) };
  },
  'cold-start.spec.ts › an email becomes a page, and the idle session scales to zero',
);

export const tasksAreNotProtected = fault(
  'workspaces',
  'a service that shrinks stops the unused task',
  (workspaces) => (cloud) => {
    const original = workspaces(cloud);
    return {
      ...original,
      async claim(task, session) {
        await original.claim(task, session);
        await original.release(task);
      },
    };
  },
  'concurrency.spec.ts › three concurrent sessions have their own workspaces and end on their own',
);

export const protectionsEnd = fault(
  'steps',
  'a task stays protected from scaling in for as long as its session is in use',
  () => ({ protect: () => Promise.resolve() }),
  'helpers/platform/sessions/hermes/session-reconciler.test.ts › the task of a session in use is protected anew',
);

export const onlyAHundredTasksAreSeen = fault(
  'workspaces',
  'the tasks of a service are seen, however many there are',
  (workspaces) => (cloud) => {
    const original = workspaces(cloud);
    return { ...original, list: async (known) => (await original.list(known)).slice(0, 100) };
  },
  'helpers/platform/sessions/hermes/workspaces.test.ts › more tasks than one answer lists or describes are listed',
);

export const sessionsKnowNoLimit = fault(
  'sessionStore',
  'the number of workspaces at a time is limited',
  (store) => ({ open: (pool, wanted) => store.open(pool, { ...wanted, most: 1_000 }) }),
  'concurrency.spec.ts › three concurrent sessions have their own workspaces and end on their own',
);

export const keysAreAllTheSame = fault(
  'ids',
  'each preview has a key of its own',
  () => ({ key: () => 'A'.repeat(32) }),
  'access.spec.ts › a preview opens with its own key only › not with that of another session',
);

export const anybodyMayUseASession = fault(
  'access',
  'a session is accessible to its user only',
  () => ({ mayUse: () => true }),
  "access.spec.ts › another user's session › to another client",
);

export const colleaguesMayUseASession = fault(
  'access',
  'a session is not accessible to another user of the client',
  (access) => ({ mayUse: (claims, owner) => access.mayUse({ ...claims, roles: ['admin'] }, owner) }),
  "access.spec.ts › another user's session › to another user of the same client",
);

const hermes = 'helpers/platform/sessions/hermes/hermes-server.test.ts';

const managed = `${hermes} › only an administrator of the client changes it or its users`;

export const everyUserManagesTheClient = fault(
  'access',
  'only an administrator changes a client',
  () => ({ mayManage: ({ tenant_id: own }, client) => own === client }),
  managed,
);

export const administratorsManageEveryClient = fault(
  'access',
  "a client is not changed by another client's administrator",
  () => ({ mayManage: ({ roles }) => roles.includes('admin') }),
  managed,
);

export const endedSessionsAreListed = fault(
  'sessionStore',
  "a client's sessions are those that have not ended",
  ({ ofClient }) => ({
    ofClient: (db, client) => ofClient(rewriting(db, "AND status <> 'expired' ORDER", 'ORDER'), client),
  }),
  `${hermes} › a client's sessions are those that have not ended`,
);

const late = `${hermes} › a session that gets no workspace in time ends, and its time begins anew when it loses one`;

export const sessionsWaitForEver = fault(
  'sessionStore',
  'a session that gets no workspace in time ends',
  () => ({ drainLate: () => Promise.resolve() }),
  late,
);

export const lostWorkspacesTakeTheOldTime = fault(
  'sessionStore',
  'a session that has lost its workspace has as long as a new one to get another',
  ({ unassign }) => ({
    unassign: (db, ...asked) =>
      unassign(
        rewriting(db, "CASE WHEN status = 'active' THEN clock_timestamp() ELSE waits_since END", 'waits_since'),
        ...asked,
      ),
  }),
  late,
);

export const everyLossGivesNewTime = fault(
  'sessionStore',
  'a session that has lost a task before it was its workspace has no more time than before',
  ({ unassign }) => ({
    unassign: (db, ...asked) => unassign(rewriting(db, "CASE WHEN status = 'active'", 'CASE WHEN true'), ...asked),
  }),
  late,
);

export const endingSessionsAreCounted = fault(
  'sessionStore',
  'a session that is ending takes no place of another',
  ({ open, unfinished }) => ({
    async open(pool, wanted) {
      const ending = (await unfinished(pool)).filter(({ status }) => status === 'draining');
      return open(pool, { ...wanted, most: wanted.most - ending.length });
    },
  }),
  `${hermes} › a session that is ending takes no place of another`,
);

export const instructionsForgetTheirSession = fault(
  'queue',
  'an instruction by the API is carried out in the session that it has opened only',
  ({ send }) => ({ send: (db, id, body) => send(db, id, { ...body, sessionId: undefined }) }),
  `${hermes} › an instruction by the API is for the session that it has opened`,
);

export const refusedWorkspacesAreRetried = fault(
  'containers',
  'a session whose workspace is refused ends with the reason',
  ({ init }) => ({
    init: (...asked) =>
      init(...asked).catch((error: unknown) => {
        throw new Error(String(error));
      }),
  }),
  `${hermes} › a session whose workspace is refused ends with the reason, and others are opened again`,
);
