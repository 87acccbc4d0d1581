import type { Page } from '@playwright/test';
import { expect, test } from '../../fixtures/index.ts';
import type { SessionFixtures } from '../../fixtures/sessions.ts';
import { call, type Reply, type SentMail, type Session } from '../../helpers/clients/index.ts';

const done = { text: expect.stringMatching(/^Done/) };

test.describe('a killed process restarts', () => {
  test('Hermes is killed while it handles an email: the email is answered', async ({ mailbox, page, sessionChaos }) => {
    const { starts } = sessionChaos.process('hermes');
    const mail = await mailbox.send('Add a new page called "Without Hermes"');
    sessionChaos.kill('hermes');
    await sessionChaos.ready('hermes');
    expect(sessionChaos.process('hermes').starts - starts, 'starts').toBe(1);
    await page.goto((await replyTo(mail)).previewUrl);
    await expect(page.getByRole('heading', { name: 'Without Hermes' })).toBeVisible();
  });

  test('the mail server is killed between two emails: both are answered', async ({ mailbox, sessionChaos }) => {
    const { starts } = sessionChaos.process('mail');
    const before = await mailbox.send('Add a new page called "Before"');
    sessionChaos.kill('mail');
    await sessionChaos.ready('mail');
    expect(sessionChaos.process('mail').starts - starts, 'starts').toBe(1);
    const after = await mailbox.send('Add a new page called "After"');
    for (const mail of [before, after]) expect(await replyTo(mail)).toMatchObject(done);
  });

  test('the router is killed while a page is open: its live updates reconnect', async ({
    mailbox,
    page,
    sessionChaos,
  }) => {
    const reply = await replyTo(await mailbox.send('Add a new page called "Before"'));
    const isConnected = liveUpdates(page);
    await page.goto(reply.previewUrl);
    await expect(page.getByRole('heading', { name: 'Before' })).toBeVisible();
    await page.evaluate(`document.documentElement.dataset.loaded = 'once'`);
    await isConnected;

    const { starts } = sessionChaos.process('router');
    sessionChaos.kill('router');
    await sessionChaos.ready('router');
    expect(sessionChaos.process('router').starts - starts, 'starts').toBe(1);
    await expect(page.locator('html'), 'a page that is connected again loads itself anew').not.toHaveAttribute(
      'data-loaded',
      'once',
      { timeout: 30_000 },
    );
    await expect(page.getByRole('heading', { name: 'Before' })).toBeVisible();
    await page.evaluate(`document.documentElement.dataset.loaded = 'again'`);

    expect(await replyTo(await reply.answer('Call it "After"'))).toMatchObject(done);
    await expect(page.getByRole('heading', { name: 'After' })).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('data-loaded', 'again');
  });
});

test.describe('a frozen process thaws', () => {
  test('Hermes is frozen: mail is accepted and answered after the thaw', async ({
    mailbox,
    user,
    sessionStore,
    sessionChaos,
  }) => {
    sessionChaos.freeze('hermes');
    const sent = [await mailbox.send('Add a new page called "One"'), await mailbox.send('Add a new page called "Two"')];
    expect(await sessionStore.receives(user), 'times that each was received').toEqual([0, 0]);
    sessionChaos.thaw('hermes');
    for (const mail of sent) expect(await replyTo(mail)).toMatchObject(done);
  });

  test('the router is frozen: session requests wait until it thaws while mail is answered', async ({
    mailbox,
    user,
    createSession,
    sessionChaos,
  }) => {
    sessionChaos.freeze('router');
    const activation = createSession(undefined, { user });
    const reply = await replyTo(await mailbox.send('Add a new page called "Meanwhile"'));
    expect(await soFar(activation)).toBe('nothing yet');
    sessionChaos.thaw('router');
    expect(new URL(reply.previewUrl).pathname).toBe(`/session/${(await activation).id}/meanwhile`);
  });

  test('the mail server is frozen: senders wait until it thaws while sessions go on', async ({
    mailbox,
    user,
    session,
    sessionStore,
    sessionChaos,
  }) => {
    sessionChaos.freeze('mail');
    const sending = mailbox.send('Add a new page called "Afterwards"');
    await session.execute('Add a new page called "Meanwhile"');
    expect(await soFar(sending)).toBe('nothing yet');
    expect(await sessionStore.receives(user), 'instructions of the sender').toEqual([]);
    sessionChaos.thaw('mail');
    expect(await replyTo(await sending)).toMatchObject(done);
  });

  test('a container is frozen: its instruction runs once after the thaw while others go on', async ({
    session,
    createSession,
    cloud,
    workspace,
    sessionChaos,
  }) => {
    await session.execute('Add a new page called "Before"');
    const task = (await cloud.tasksOf(session.id)).find(({ lastStatus }) => lastStatus === 'RUNNING')!.taskArn!;
    sessionChaos.freezeTask(task);
    const execution = session.execute('Add a new page called "Frozen"');
    await (await createSession()).waitFor('active');
    expect(await soFar(execution)).toBe('nothing yet');
    expect(await workspace(session).exists('src/pages/frozen.json')).toBe(false);
    expect(await session.status()).toMatchObject({ status: 'active' });
    sessionChaos.thawTask(task);
    expect(await execution).toMatchObject({ path: '/frozen', interrupted: false });
    expect((await session.log()).map(({ subject }) => subject)).toEqual([
      'Add a new page called "Frozen"',
      'Add a new page called "Before"',
      'New site',
    ]);
  });
});

interface Scene extends Pick<SessionFixtures['test'], 'user' | 'mailbox' | 'createSession' | 'cloud' | 'sessionStore'> {
  readonly url: string;
  readonly session: Session;
}

/**
 * For each connection between two processes: the effect that users notice while it is cut, and what must follow,
 * besides an answer, when it is back.
 */
const cuts = {
  'hermes-store': ({ url, user }: Scene) =>
    expect(call(url, `/hermes/api/sessions/client/${user.clientId}`, { token: user.token })).toBeRefused(
      503,
      'SERVICE_UNAVAILABLE',
    ),
  'router-store': ({ session }: Scene) => expect(session.log()).toBeRefused(503, 'SERVICE_UNAVAILABLE'),
  'router-hermes': ({ session }: Scene) => expect(session.status()).toBeRefused(503, 'SERVICE_UNAVAILABLE'),
  'mail-store': ({ mailbox }: Scene) =>
    expect(mailbox.send('Add a new page called "Not now"')).rejects.toMatchObject({ responseCode: 451 }),
  'hermes-relay': async ({ session, user, mailbox, sessionStore }: Scene) => {
    await expectTriedAgain(sessionStore, user);
    expect(mailbox.inbox, 'replies, of which one is to the email before').toHaveLength(1);
    expect((await session.log())[0], 'the instruction was executed, though its answer is lost').toMatchObject({
      subject: 'Add a new page called "Second"',
    });
  },
  'hermes-cloud': async ({ session, mailbox, cloud, createSession }: Scene) => {
    const { desired } = await cloud.service('edit').counts();
    const other = await createSession();
    expect(await session.keepalive(), 'a session that runs needs no cloud').toMatchObject({ status: 'active' });
    expect(await replyTo(await mailbox.send('Add a new page called "Meanwhile"'))).toMatchObject(done);
    expect(await other.status(), 'a session that has no container yet').toMatchObject({
      status: 'initializing',
      containerIp: null,
    });
    expect(await cloud.service('edit').counts()).toMatchObject({ desired });
    return () => other.waitFor('active');
  },
} as const;

for (const [way, noticed] of Object.entries(cuts) as [
  keyof typeof cuts,
  (scene: Scene) => Promise<void | (() => Promise<void>)>,
][]) {
  test(`the connection ${way} is cut: the email is answered once it is back`, async ({
    mailbox,
    user,
    sessionPlatform: { url },
    createSession,
    cloud,
    sessionStore,
    sessionChaos,
  }) => {
    const session = await test.step('a session that works', async () => {
      expect(await replyTo(await mailbox.send('Add a new page called "First"'))).toMatchObject(done);
      return createSession(undefined, { user });
    });
    sessionChaos.cut(way);
    const second = way === 'mail-store' ? undefined : await mailbox.send('Add a new page called "Second"');
    const afterwards = await noticed({ url, user, mailbox, session, createSession, cloud, sessionStore });
    sessionChaos.mend();
    expect(await replyTo(second ?? (await mailbox.send('Add a new page called "Second"')))).toMatchObject(done);
    await afterwards?.();
  });
}

test('the connection to a container is cut: its instruction is retried once it is back', async ({
  mailbox,
  user,
  createSession,
  cloud,
  sessionStore,
  sessionChaos,
}) => {
  expect(await replyTo(await mailbox.send('Add a new page called "First"'))).toMatchObject(done);
  const session = await createSession(undefined, { user });
  const [task] = await cloud.tasksOf(session.id);
  sessionChaos.cutTask(task!.taskArn!);
  await expect(session.log()).toBeRefused(503, 'SERVICE_UNAVAILABLE');
  const second = await mailbox.send('Add a new page called "Second"');
  await expectTriedAgain(sessionStore, user);
  sessionChaos.mend();
  expect(await replyTo(second)).toMatchObject(done);
});

async function expectTriedAgain(store: Scene['sessionStore'], user: Scene['user']): Promise<void> {
  await expect
    .poll(async () => (await store.receives(user))[0], {
      message: 'times that the instruction was received',
      intervals: [20],
      timeout: 30_000,
    })
    .toBeGreaterThanOrEqual(2);
}

/** The result of a promise, if it has settled. */
function soFar<T>(promise: Promise<T>): Promise<T | 'nothing yet'> {
  return Promise.race([promise, Promise.resolve('nothing yet' as const)]);
}

/** Waits until a page that is opened next has its live updates: only then does it notice a cut. */
async function liveUpdates(page: Page): Promise<void> {
  const socket = await page.waitForEvent('websocket');
  await socket.waitForEvent('framereceived');
}

/** Waits as long as a platform may need to recover. */
function replyTo(mail: SentMail): Promise<Reply> {
  return mail.reply({ timeout: 30_000 });
}
