import { expect, test } from '../../fixtures/index.ts';
import { call, type Mailbox, type Reply, type SentMail, type Session, type SessionUser } from '../../helpers/clients/index.ts';

const done = { text: expect.stringMatching(/^Done/) };

for (const name of ['hermes', 'router', 'mail'] as const) {
  test(`${name} is killed in the middle, and the email is answered all the same`, async ({ mailbox, page, sessionChaos }) => {
    const mail = await mailbox.send(`Add a new page called "Without ${name}"`);
    sessionChaos.kill(name);
    await sessionChaos.ready(name);
    const reply = await mail.reply({ timeout: 30_000 });
    await page.goto(reply.previewUrl);
    await expect(page.getByRole('heading', { name: `Without ${name}` })).toBeVisible();
  });
}

test('while Hermes is frozen mail is taken, and when it thaws every one is answered', async ({ mailbox, sessionChaos }) => {
  sessionChaos.freeze('hermes');
  const sent = [await mailbox.send('Add a new page called "One"'), await mailbox.send('Add a new page called "Two"')];
  sessionChaos.thaw('hermes');
  for (const mail of sent) expect(await replyTo(mail)).toMatchObject(done);
});

test('while a container is frozen its instruction waits, and is carried out once when it thaws', async ({ session, cloud, sessionChaos }) => {
  await session.execute('Add a new page called "Before"');
  const task = (await cloud.tasksOf(session.id)).find(({ lastStatus }) => lastStatus === 'RUNNING')!.taskArn!;
  sessionChaos.freezeTask(task);
  const execution = session.execute('Add a new page called "Frozen"');
  expect(await session.status()).toMatchObject({ status: 'active' });
  sessionChaos.thawTask(task);
  expect(await execution).toMatchObject({ path: '/frozen', interrupted: false });
  expect((await session.log()).map(({ subject }) => subject)).toEqual(['Add a new page called "Frozen"', 'Add a new page called "Before"', 'New site']);
});

interface Scene {
  readonly url: string;
  readonly user: SessionUser;
  readonly mailbox: Mailbox;
  readonly session: Session;
}

/** What anybody notices while two processes cannot speak to each other. */
const cuts = {
  'hermes-store': ({ url, user }: Scene) => expect(call(url, `/hermes/api/sessions/client/${user.clientId}`, { token: user.token })).toBeRefused(503, 'SERVICE_UNAVAILABLE'),
  'router-store': ({ session }: Scene) => expect(session.log()).toBeRefused(503, 'SERVICE_UNAVAILABLE'),
  'router-hermes': ({ session }: Scene) => expect(session.status()).toBeRefused(503, 'SERVICE_UNAVAILABLE'),
  'mail-store': ({ mailbox }: Scene) => expect(mailbox.send('Add a new page called "Not now"')).rejects.toMatchObject({ responseCode: 451 }),
  'hermes-relay': ({ session }: Scene) => expect.poll(async () => (await session.log()).map(({ subject }) => subject), 'what was carried out though nobody hears of it').toContain('Add a new page called "Second"'),
  'hermes-cloud': ({ session }: Scene) => expect(session.keepalive()).resolves.toMatchObject({ status: 'active' }), // a session that runs needs no cloud
} as const;

for (const [way, noticed] of Object.entries(cuts) as [keyof typeof cuts, (scene: Scene) => Promise<void>][]) {
  test(`the connection ${way} is cut: that is noticed, and when it is back the email is answered`, async ({ mailbox, user, sessionPlatform: { url }, createSession, sessionChaos }) => {
    const session = await test.step('a session that works', async () => {
      expect(await replyTo(await mailbox.send('Add a new page called "First"'))).toMatchObject(done);
      return createSession(undefined, { user });
    });
    sessionChaos.cut(way);
    const second = way === 'mail-store' ? undefined : await mailbox.send('Add a new page called "Second"');
    await noticed({ url, user, mailbox, session });
    sessionChaos.mend();
    expect(await replyTo(second ?? (await mailbox.send('Add a new page called "Second"')))).toMatchObject(done);
  });
}

test('the connection to a container is cut: its instruction is tried again when it is back', async ({ mailbox, user, createSession, cloud, sessionStore, sessionChaos }) => {
  expect(await replyTo(await mailbox.send('Add a new page called "First"'))).toMatchObject(done);
  const session = await createSession(undefined, { user });
  const [task] = await cloud.tasksOf(session.id);
  sessionChaos.cutTask(task!.taskArn!);
  await expect(session.log()).toBeRefused(503, 'SERVICE_UNAVAILABLE');
  const second = await mailbox.send('Add a new page called "Second"');
  await expect.poll(async () => (await sessionStore.postgres.query<{ receives: number }>('SELECT receives FROM messages')).map(({ receives }) => receives), 'tries to carry it out').toEqual([2]);
  sessionChaos.mend();
  expect(await replyTo(second)).toMatchObject(done);
});

/** With the patience that a platform needs to recover. */
function replyTo(mail: SentMail): Promise<Reply> {
  return mail.reply({ timeout: 30_000 });
}
