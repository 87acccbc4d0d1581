import { fault } from '../fault.ts';

// What Hermes promises: each session has its own container, for as long as it is used, and nobody has another's.

export const statusIsAlwaysNotFound = fault(
  'sessions',
  'sessionStore',
  'a session tells its status',
  (store) => ({
    ...store,
    async find(db, id) {
      const session = await store.find(db, id);
      return session?.user === '*' ? session : undefined;
    },
  }),
  'routing.spec.ts',
);

export const deactivateEndsEverybody = fault(
  'sessions',
  'steps',
  'who ends a session ends no other',
  (steps) => ({
    ...steps,
    async scale(situation, context) {
      if (!situation.sessions.some(({ status }) => status === 'draining')) return steps.scale(situation, context);
      for (const { task } of situation.sessions) if (task !== null) await context.workspaces.release(task);
      await context.workspaces.scale(0);
    },
  }),
  'concurrency.spec.ts',
);

export const keepaliveMakesAGhost = fault(
  'sessions',
  'sessionStore',
  'nobody makes a session by asking for it',
  (store) => ({
    ...store,
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
  'routing.spec.ts',
);

export const idleSessionsAreKept = fault(
  'sessions',
  'sessionStore',
  'a session that nobody uses ends',
  (store) => ({
    ...store,
    drainIdle: () => Promise.resolve(),
  }),
  'cold-start.spec.ts',
);

export const idleEndsAtTwiceTheLimit = fault(
  'sessions',
  'sessionStore',
  'a session that nobody uses ends at its limit',
  (store) => ({
    ...store,
    drainIdle: (db, idle) => store.drainIdle(db, 2 * idle),
  }),
  'cold-start.spec.ts',
);

export const oneIdleSessionEndsEverybody = fault(
  'sessions',
  'sessionStore',
  'a session that nobody uses ends alone',
  (store) => ({
    ...store,
    async drainIdle(db, idle) {
      await store.drainIdle(db, idle);
      const open = await store.unfinished(db);
      if (open.some(({ reason }) => reason === 'idle')) for (const { id } of open) await store.drain(db, id, 'idle');
    },
  }),
  'concurrency.spec.ts',
);

export const keepaliveIsNoActivity = fault(
  'sessions',
  'sessionStore',
  'a session is in use while somebody keeps it alive',
  (store) => ({
    ...store,
    touch: (db, id) => store.find(db, id),
  }),
  'cold-start.spec.ts',
);

export const failedActivationsLeaveATask = fault(
  'sessions',
  'sessionStore',
  'an activation that is refused leaves nothing behind',
  (store) => ({
    ...store,
    open: (pool, wanted) =>
      store.open(pool, wanted).catch((error: unknown) => {
        // later, when nobody expects it any more
        store.open(pool, { ...wanted, most: wanted.most + 20, lock: 30_000 }).catch(() => undefined);
        throw error;
      }),
  }),
  'recovery.spec.ts',
);

export const crashedContainersAreNotReplaced = fault(
  'sessions',
  'steps',
  'a container that crashes is replaced',
  (steps) => ({
    ...steps,
    forgetStopped: ({ sessions, tasks }, context) =>
      steps.forgetStopped({ sessions: sessions.filter(({ status }) => status === 'draining'), tasks }, context),
  }),
  'recovery.spec.ts',
);

export const nothingScalesUp = fault(
  'sessions',
  'workspaces',
  'each session gets a container',
  (workspaces) => (cloud) => {
    const original = workspaces(cloud);
    return { ...original, scale: (desired) => original.scale(Math.min(desired, 1)) };
  },
  'concurrency.spec.ts',
);

export const nothingScalesDown = fault(
  'sessions',
  'workspaces',
  'without a session nothing runs',
  (workspaces) => (cloud) => {
    const original = workspaces(cloud);
    return { ...original, scale: async (desired) => original.scale(Math.max(desired, await original.desired())) };
  },
  'cold-start.spec.ts',
);

export const tasksAreNotProtected = fault(
  'sessions',
  'workspaces',
  'a service that shrinks stops the task that nobody needs',
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
  'concurrency.spec.ts',
);

export const sessionsKnowNoLimit = fault(
  'sessions',
  'sessionStore',
  'there are only so many workspaces at a time',
  (store) => ({
    ...store,
    open: (pool, wanted) => store.open(pool, { ...wanted, most: 1_000 }),
  }),
  'concurrency.spec.ts',
);

export const keysAreAllTheSame = fault(
  'sessions',
  'ids',
  'each preview has a key of its own',
  (ids) => ({
    ...ids,
    key: () => 'A'.repeat(32),
  }),
  'access.spec.ts',
);

export const anybodyMayUseASession = fault(
  'sessions',
  'access',
  "a session is its user's",
  (access) => ({
    ...access,
    mayUse: () => true,
  }),
  'access.spec.ts',
);

export const colleaguesMayUseASession = fault(
  'sessions',
  'access',
  "a session is its user's, and no colleague's",
  (access) => ({
    ...access,
    mayUse: (claims, owner) => access.mayUse({ ...claims, roles: ['admin'] }, owner),
  }),
  'access.spec.ts',
);
