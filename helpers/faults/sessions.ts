import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import fs, { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { createDecoder } from 'fast-jwt';
import git from 'isomorphic-git';
import { sessionStore } from '../platform/sessions/store/sessions.ts';
import type { User } from '../platform/sessions/store/users.ts';
import type { SignedClaims } from '../platform/tokens.ts';
import { fault, type Fault } from './fault.ts';

// Most of these are defects that a real session platform had; the others are promises that are easily broken.

export const statusIsAlwaysNotFound = fault('sessions', 'sessionStore', 'a session tells its status', (store) => ({
  ...store,
  async find(db, id) {
    const session = await store.find(db, id);
    return session?.user === '*' ? session : undefined;
  },
}), 'routing.spec.ts');

export const deactivateEndsEverybody = fault('sessions', 'steps', 'who ends a session ends no other', (steps) => ({
  ...steps,
  async scale(situation, context) {
    if (!situation.sessions.some(({ status }) => status === 'draining')) return steps.scale(situation, context);
    for (const { task } of situation.sessions) if (task !== null) await context.workspaces.release(task);
    await context.workspaces.scale(0);
  },
}), 'concurrency.spec.ts');

export const keepaliveMakesAGhost = fault('sessions', 'sessionStore', 'nobody makes a session by asking for it', (store) => ({
  ...store,
  async find(db, id) {
    const session = await store.find(db, id);
    if (session === undefined) await db.query(`INSERT INTO sessions (id, client_id, user_id, thread_id, key, status, created_at, last_activity) VALUES ($1, '', $1, '', '', 'expired', platform_now(), platform_now()) ON CONFLICT DO NOTHING`, [id]);
    return session;
  },
}), 'routing.spec.ts');

export const idleSessionsAreKept = fault('sessions', 'sessionStore', 'a session that nobody uses ends', (store) => ({
  ...store,
  drainIdle: () => Promise.resolve(),
}), 'cold-start.spec.ts');

export const idleEndsAtTwiceTheLimit = fault('sessions', 'sessionStore', 'a session that nobody uses ends at its limit', (store) => ({
  ...store,
  drainIdle: (db, idle) => store.drainIdle(db, 2 * idle),
}), 'cold-start.spec.ts');

export const previewsAreNoActivity = fault('sessions', 'directory', 'a session is in use while somebody looks at its preview', (directory) => ({
  ...directory,
  touch: (db, id) => directory.find(db, id),
}), 'cold-start.spec.ts');

export const keepaliveIsNoActivity = fault('sessions', 'sessionStore', 'a session is in use while somebody keeps it alive', (store) => ({
  ...store,
  touch: (db, id) => store.find(db, id),
}), 'cold-start.spec.ts');

export const anyIdReachesAnyContainer = fault('sessions', 'directory', 'a session id leads to its own container', (directory) => ({
  ...directory,
  async find(db, id) {
    const [session, [first]] = await Promise.all([directory.find(db, id), sessionStore.unfinished(db)]);
    return session?.status === 'active' && first !== undefined ? { ...session, address: first.address } : session;
  },
}), 'routing.spec.ts');

export const unknownSessionsLeadSomewhere = fault('sessions', 'directory', 'a session that there is not is not found', (directory) => ({
  ...directory,
  find: async (db, id) => (await directory.find(db, id)) ?? (await sessionStore.unfinished(db))[0],
}), 'routing.spec.ts');

export const liveUpdatesHaveNoRule = fault('sessions', 'rules', 'the upgrade of /ws/hmr leads to the live updates', (rules) => rules.filter(({ action }) => action !== 'live updates'), 'routing.spec.ts');

export const anApiRuleTakesEverything = fault('sessions', 'rules', 'the rule with the lowest number decides', (rules) => rules.map((rule) => (rule.action === 'container' ? { ...rule, priority: 1, path: /\/api\// } : rule)), 'routing.spec.ts');

export const secondInitRebindsThePort = together(fault('sessions', 'admission', 'a session that is opened twice is open', (admission) => ({
  ...admission,
  admit: () => 'first',
}), 'routing.spec.ts'), fault('sessions', 'developmentServer', 'live updates have one port', (server) => {
  let port = 0;
  return {
    ...server,
    async start(options) {
      const listening = createServer().listen(port, '127.0.0.1');
      await once(listening, 'listening');
      ({ port } = listening.address() as AddressInfo);
      return server.start(options);
    },
  };
}));

export const quotesBreakCommits = fault('sessions', 'repositories', 'what is reported as done is committed, whatever the instruction says', (repositories) => ({
  async open(options) {
    const repository = await repositories.open(options);
    return { ...repository, commit: (message, files) => (/["'`$]/.test(message) ? repository.head() : repository.commit(message, files)) };
  },
}), 'instructions.spec.ts');

export const instructionsGoThroughAShell = fault('sessions', 'editor', 'an instruction is never executed', (editor) => ({
  ...editor,
  understand(instruction) {
    spawnSync('sh', ['-c', `: "${instruction}"`]);
    return editor.understand(instruction);
  },
}), 'instructions.spec.ts');

export const longInstructionsAreCutOff = fault('sessions', 'editor', 'an instruction is carried out whole, or refused', (editor) => ({
  ...editor,
  understand: (instruction) => editor.understand(instruction.length > 10_000 ? `${instruction.slice(0, 10_000)}${instruction.slice(-30)}` : instruction),
}), 'instructions.spec.ts');

export const interruptedWorkIsNotCommitted = fault('sessions', 'editor', 'what was done until an interruption is committed', (editor) => ({
  ...editor,
  async carryOut(action, site, pace, signal) {
    const outcome = await editor.carryOut(action, site, pace, signal);
    return outcome.interrupted ? { ...outcome, files: [] } : outcome;
  },
}), 'instructions.spec.ts');

export const whatAKilledContainerLeftIsLost = fault('sessions', 'repositories', 'what was done when a container was killed is committed by the next one', (repositories) => ({
  async open(options) {
    const { folder: dir } = options;
    const rows = existsSync(path.join(dir, '.git')) ? await git.statusMatrix({ fs, dir }) : [];
    for (const [file, head] of rows) if (head === 0) await rm(path.join(dir, file));
    return repositories.open(options);
  },
}), 'instructions.spec.ts');

export const failedEmailsAreSwallowed = fault('sessions', 'queue', 'an email that was taken is carried out, whatever happens to who received it', (queue) => ({
  ...queue,
  async receive(db, visibility) {
    const received = await queue.receive(db, visibility);
    for (const { id } of received) await queue.finish(db, id);
    return received;
  },
}), 'instructions.spec.ts');

export const receivedEmailsAreNeverSeenAgain = fault('sessions', 'queue', 'an email that was received and not finished is received again', (queue) => ({
  ...queue,
  receive: (db) => queue.receive(db, 3_600_000),
}), 'instructions.spec.ts');

export const sameMailIsCarriedOutTwice = fault('sessions', 'queue', 'the same mail is carried out once', (queue) => ({
  ...queue,
  send: (db, _id, body) => queue.send(db, randomUUID(), body),
}), 'instructions.spec.ts');

export const cleanUpTakesEverybodysMail = fault('sessions', 'sessionStore', 'a session that ends takes nobody else\'s mail along', (store) => ({
  ...store,
  async expire(db, id, reason) {
    await store.expire(db, id, reason);
    await db.query(`DELETE FROM messages WHERE body ->> 'clientId' LIKE (SELECT split_part(client_id, '-', 1) FROM sessions WHERE id = $1) || '%'`, [id]);
  },
}), 'instructions.spec.ts');

export const mailOfStrangersIsTaken = fault('sessions', 'users', 'mail is taken from those who are known', (users) => ({
  ...users,
  async find(db, email) {
    const { rows } = await db.query<User>('SELECT client_id AS "clientId", user_id AS "userId" FROM users ORDER BY ctid DESC LIMIT 1');
    return (await users.find(db, email)) ?? rows[0];
  },
}), 'instructions.spec.ts');

export const addressesCanBeTakenOver = fault('sessions', 'users', 'an address belongs to one client', (users) => ({
  ...users,
  async put(db, email, user) {
    await db.query('DELETE FROM users WHERE email = lower($1)', [email]);
    return users.put(db, email, user);
  },
}), 'instructions.spec.ts');

export const repliesAreInNoConversation = fault('sessions', 'mailSender', 'a reply says what it answers', (sender) => (relay) => {
  const original = sender(relay);
  return { send: (mail) => original.send({ ...mail, inReplyTo: mail.messageId, references: [] }) };
}, 'cold-start.spec.ts');

export const usersShareAWorkspace = fault('sessions', 'volume', 'each user has a workspace of its own', (volume) => ({
  pathOf: (clientId) => volume.pathOf(clientId, 'everybody'),
}), 'instructions.spec.ts');

export const containersWorkForAnybody = fault('sessions', 'admission', 'a container works for nobody but its user', (admission) => ({
  ...admission,
  mayInstruct: () => true,
}), 'instructions.spec.ts');

export const failedActivationsLeaveATask = fault('sessions', 'sessionStore', 'an activation that is refused leaves nothing behind', (store) => ({
  ...store,
  open: (pool, wanted) => store.open(pool, wanted).catch(async (error: unknown) => {
    await store.open(pool, { ...wanted, most: wanted.most + 20, lock: 30_000 });
    throw error;
  }),
}), 'recovery.spec.ts');

export const crashedContainersAreNotReplaced = fault('sessions', 'steps', 'a container that crashes is replaced', (steps) => ({
  ...steps,
  forgetStopped: ({ sessions, tasks }, context) => steps.forgetStopped({ sessions: sessions.filter(({ status }) => status === 'draining'), tasks }, context),
}), 'recovery.spec.ts');

export const nothingScalesUp = fault('sessions', 'workspaces', 'each session gets a container', (workspaces) => (cloud) => {
  const original = workspaces(cloud);
  return { ...original, scale: (desired) => original.scale(Math.min(desired, 1)) };
}, 'concurrency.spec.ts');

export const nothingScalesDown = fault('sessions', 'workspaces', 'without a session nothing runs', (workspaces) => (cloud) => {
  const original = workspaces(cloud);
  return { ...original, scale: async (desired) => original.scale(Math.max(desired, await original.desired())) };
}, 'cold-start.spec.ts');

export const tasksAreNotProtected = fault('sessions', 'workspaces', 'a service that shrinks stops the task that nobody needs', (workspaces) => (cloud) => {
  const original = workspaces(cloud);
  return {
    ...original,
    async claim(task, session) {
      await original.claim(task, session);
      await original.release(task);
    },
  };
}, 'concurrency.spec.ts');

export const sessionsKnowNoLimit = fault('sessions', 'sessionStore', 'there are only so many workspaces at a time', (store) => ({
  ...store,
  open: (pool, wanted) => store.open(pool, { ...wanted, most: 1_000 }),
}), 'concurrency.spec.ts');

export const forgedTokensOpenSessions = fault('sessions', 'tokens', 'a forged token opens no session', () => () => {
  const decode = createDecoder();
  return { verify: (token) => decode(token) as SignedClaims };
}, 'routing.spec.ts');

export const expiredTokensOpenSessions = fault('sessions', 'tokens', 'an expired token opens no session', (tokens) => (secret) => ({
  verify(token) {
    try {
      return tokens(secret).verify(token);
    } catch (error) {
      if ((error as { code?: string }).code !== 'FAST_JWT_EXPIRED') throw error;
      return createDecoder()(token) as SignedClaims;
    }
  },
}), 'routing.spec.ts');

export const anybodyMayUseASession = fault('sessions', 'access', 'a session is its user\'s', (access) => ({
  ...access,
  mayUse: () => true,
}), 'routing.spec.ts');

export const colleaguesMayUseASession = fault('sessions', 'access', 'a session is its user\'s, and no colleague\'s', (access) => ({
  ...access,
  mayUse: (claims, owner) => access.mayUse({ ...claims, roles: ['admin'] }, owner),
}), 'routing.spec.ts');

export const anyKeyOpensAPreview = fault('sessions', 'entrance', 'a preview opens with its own key only', (entrance) => ({
  ...entrance,
  isOpenTo: (_, key) => key !== undefined,
}), 'routing.spec.ts');

export const keysAreAllTheSame = fault('sessions', 'ids', 'each preview has a key of its own', (ids) => ({
  ...ids,
  key: () => 'A'.repeat(32),
}), 'routing.spec.ts');

export const cookiesAreForEverySession = fault('sessions', 'entrance', 'a preview\'s cookie is sent to that preview only', (entrance) => ({
  ...entrance,
  cookieFor: (session) => entrance.cookieFor(session).replace(/Path=[^;]*/, 'Path=/'),
}), 'routing.spec.ts');

export const previewShowsAnyFile = fault('sessions', 'developmentServer', 'a preview shows no file outside of its site', (server) => ({
  ...server,
  async start(options) {
    const preview = await server.start(options);
    return {
      ...preview,
      async handle(request, response) {
        const [, file] = /\/@fs(\/[^?]+)/.exec(request.url!) ?? [];
        if (file === undefined) await preview.handle(request, response);
        else response.end(await readFile(file));
      },
    };
  },
}), 'routing.spec.ts');

export const liveUpdatesAreRefused = fault('sessions', 'developmentServer', 'a page that is open hears of changes', (server) => ({
  ...server,
  start: async (options) => ({ ...(await server.start(options)), upgrade: () => false }),
}), 'routing.spec.ts');

/** A defect that takes two parts. */
function together(first: Fault<'sessions'>, second: Fault<'sessions'>): Fault<'sessions'> {
  return { ...first, inject: (parts) => second.inject(first.inject(parts)) };
}
