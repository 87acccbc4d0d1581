import { fileURLToPath } from 'node:url';
import { call, request } from '../../../clients/index.ts';
import { expect, test as base } from '../../../testing/session-parts.ts';
import { realms } from '../../kernel/realms.ts';
import { signToken } from '../../kernel/tokens.ts';
import { defaultSessionLimits, defaultSessionTimes, type SessionConfiguration } from '../configuration.ts';
import type { Containers } from './containers.ts';
import type { HermesContext } from './context.ts';
import { serveHermes } from './hermes-server.ts';
import { type HermesParts, hermesParts } from './parts.ts';
import { Refusal } from './refusal.ts';
import type { Workspaces } from './workspaces.ts';

const secret = 'of this test';
const claims = { user_id: 'ana', email: 'ana@example.com', roles: ['admin'], tenant_id: 'acme' };
const token = signToken(claims, secret, 60_000, realms.sessions);
const { idle } = defaultSessionTimes;

interface HermesFixtures {
  /** What opens workspaces. Each is opened at once, unless a test says otherwise. */
  containers: { init: Containers['init'] };
  /** Hermes' parts and what they work with, on a database of its own. */
  hermes: HermesContext;
  /** The URL of Hermes' API in this process. */
  url: string;
}

const nothing = () => Promise.resolve();

const test = base.extend<HermesFixtures>({
  containers: async ({}, use) => use({ init: nothing }),
  hermes: async ({ postgres: { pool }, withSessionFault, containers }, use) => {
    const parts = await withSessionFault<HermesParts>({
      ...hermesParts,
      containers: { init: (...asked) => containers.init(...asked), execute: () => Promise.reject(new Error('none')) },
    });
    await pool.query(`INSERT INTO addresses VALUES ('router', 'http://127.0.0.1')`);
    const times = { ...defaultSessionTimes, patience: 1_000 };
    const limits = defaultSessionLimits;
    const configuration = { secret, workspaceSecret: secret, limits, times } as SessionConfiguration;
    const workspaces = { claim: nothing } as unknown as Workspaces;
    await use({ parts, configuration, pool, workspaces, mail: { send: nothing } });
  },
  url: async ({ hermes }, use) => use(`http://127.0.0.1:${await serveHermes(hermes)}`),
});

test.use({ schema: fileURLToPath(new URL('../store/schema.sql', import.meta.url)), dataset: 'empty' });

/** Opens the session of this id, which is active when it has a task. */
async function open({ parts, pool }: HermesContext, id: string, { user = 'ana', task = `task ${id}` } = {}) {
  const { sessionStore } = parts;
  await sessionStore.open(pool, { id, client: 'acme', user, thread: 'thread-1', key: id, most: 9, lock: 1_000 });
  if (task === '') return;
  await sessionStore.assign(pool, id, task, 'http://127.0.0.1:1');
  await sessionStore.activate(pool, id, task);
}

test("a keepalive says how long the session's client may be idle", async ({ hermes, url }) => {
  await open(hermes, 'one');
  const left = async () => {
    const path = '/hermes/api/sessions/one/keepalive';
    const { ttl } = (await call(url, path, { method: 'POST', token, body: {} })) as { ttl: number };
    return ttl - Date.now() / 1000;
  };
  expect(Math.abs((await left()) - idle / 1000)).toBeLessThan(5);
  await call(url, '/hermes/api/clients/acme', { method: 'PUT', token, body: { idleMs: 3_600_000 } });
  expect(Math.abs((await left()) - 3_600)).toBeLessThan(5);
});

test('only an administrator of the client changes it or its users', async ({ hermes: { pool }, url }) => {
  const change = async (as: Partial<typeof claims>) => {
    const own = signToken({ ...claims, ...as }, secret, 60_000, realms.sessions);
    const put = async (path: string, body: object) =>
      (await request(url, `/hermes/api/${path}`, { method: 'PUT', token: own, body })).status;
    return [
      await put('clients/acme', { idleMs: 1_000 }),
      await put('users', { email: 'eve@example.com', clientId: 'acme', userId: 'eve' }),
    ];
  };
  expect(await change({ roles: [] }), 'a user of the client').toEqual([403, 403]);
  expect(await change({ tenant_id: 'another' }), 'an administrator of another client').toEqual([403, 403]);
  const changed = () => pool.query('SELECT id AS name FROM clients UNION ALL SELECT email FROM users');
  expect((await changed()).rows).toEqual([]);
  expect(await change({})).toEqual([204, 204]);
  expect((await changed()).rows).toEqual([{ name: 'acme' }, { name: 'eve@example.com' }]);
});

test("a client's sessions are those that have not ended", async ({ hermes, url }) => {
  for (const user of ['ana', 'ben', 'cem']) await open(hermes, user, { user });
  await hermes.parts.sessionStore.expire(hermes.pool, 'ben', 'ended');
  const { sessions } = (await call(url, '/hermes/api/sessions/client/acme', { token })) as { sessions: object[] };
  expect(sessions).toMatchObject([{ sessionId: 'ana' }, { sessionId: 'cem' }]);
});

test('a session that gets no workspace in time ends, and its time begins anew when it loses one', async ({
  hermes,
}) => {
  const { parts, pool } = hermes;
  const { sessionStore, steps } = parts;
  await open(hermes, 'late', { user: 'ben', task: '' });
  await open(hermes, 'never', { user: 'cem', task: '' });
  await sessionStore.assign(pool, 'never', 'task never', 'http://127.0.0.1:1');
  await open(hermes, 'lost');
  await pool.query(`UPDATE sessions SET waits_since = waits_since - interval '1 minute'`);
  for (const id of ['never', 'lost']) await sessionStore.unassign(pool, id, `task ${id}`);
  await steps.end(hermes);
  const found = await Promise.all(['late', 'never', 'lost'].map((id) => sessionStore.find(pool, id)));
  expect(found, 'without a task, with one that was never its workspace, with one that was').toMatchObject([
    { status: 'draining', reason: 'no workspace in time' },
    { status: 'draining', reason: 'no workspace in time' },
    { status: 'initializing', task: null },
  ]);
});

test('a session whose workspace is refused ends with the reason, and others are opened again', async ({
  hermes,
  containers,
}) => {
  const { parts, pool } = hermes;
  const opened = async () => {
    const [session] = await parts.sessionStore.unfinished(pool);
    await parts.steps.open(session!, hermes);
    return parts.sessionStore.find(pool, 'one');
  };
  await open(hermes, 'one', { task: '' });
  await parts.sessionStore.assign(pool, 'one', 'task', 'http://127.0.0.1:1');
  containers.init = () => Promise.reject(new Error('the connection was closed'));
  await expect(opened()).rejects.toThrow('the connection was closed');
  containers.init = () => Promise.reject(new Refusal('userId is too long'));
  expect(await opened()).toMatchObject({ status: 'draining', reason: 'userId is too long' });
});

test('a session that is ending takes no place of another', async ({ hermes: { parts, pool } }) => {
  const { sessionStore } = parts;
  const openFor = (user: string) =>
    sessionStore.open(pool, { id: user, client: 'acme', user, thread: 'thread-1', key: user, most: 1, lock: 1_000 });
  await openFor('ana');
  await sessionStore.drain(pool, 'ana', 'deactivated');
  expect([await openFor('ben'), await openFor('cem')]).toMatchObject([{ id: 'ben' }, undefined]);
});

test('an instruction by the API is for the session that it has opened', async ({ hermes: { pool }, url }) => {
  const body = { clientId: 'acme', userId: 'ana', instruction: 'Add a page' };
  const { sessionId } = await call<{ sessionId: string }>(url, '/hermes/api/sessions/activate', {
    method: 'POST',
    token,
    body,
  });
  const { rows } = await pool.query(`SELECT body ->> 'sessionId' AS "sessionId" FROM messages`);
  expect(rows).toEqual([{ sessionId }]);
});

test("a session's status has the address of its container, without a port", async ({ hermes, url }) => {
  await open(hermes, 'one');
  expect(await call(url, '/hermes/api/sessions/one/status', { token })).toMatchObject({
    status: 'active',
    containerIp: '127.0.0.1',
  });
});
