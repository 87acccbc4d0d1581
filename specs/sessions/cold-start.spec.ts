import { expect, test } from '../../fixtures/index.ts';
import { call, LiveUpdates, Session } from '../../helpers/clients/index.ts';

test('an email becomes a page, and the idle session scales to zero', async ({
  mailbox,
  user,
  cloud,
  clock,
  page,
  workspace,
  sessionPlatform: { url },
  measurements,
}) => {
  await test.step('nothing runs', async () => {
    await clock.advance('6m'); // ends warm sessions of other tests
    await expect(cloud.service('edit')).toHaveTasks(0);
  });

  const start = performance.now();
  const reply = await test.step('an email asks for a page, and is answered with an address', async () => {
    const mail = await mailbox.send('Add a new page called "Test Page"');
    return mail.reply({ timeout: 60_000 });
  });

  const session = await test.step('its sender has one session, and it is active', async () => {
    const found = await Session.ofUser(url, user);
    expect(found).toHaveLength(1);
    expect(await found[0]!.status()).toMatchObject({ status: 'active', threadId: reply.conversationId });
    return found[0]!;
  });

  await test.step('the page is there, and on the volume', async () => {
    await page.goto(reply.previewUrl);
    await expect(page.getByRole('heading', { name: 'Test Page' })).toBeVisible();
    measurements.record('session.coldStart', performance.now() - start, 'ms');
    await expect(cloud.service('edit')).toHaveTasks(1);
    expect(await workspace(session).exists('src/pages/test-page.json')).toBe(true);
  });

  await test.step('a second email changes the page that is open, without loading it again', async () => {
    await page.evaluate(`document.documentElement.dataset.loaded = 'once'`);
    const again = performance.now();
    const mail = await reply.answer('Call it "Home" instead');
    await expect(page.getByRole('heading', { name: 'Home' })).toBeVisible();
    measurements.record('session.liveReload', performance.now() - again, 'ms');
    expect((await mail.reply()).text).toMatch(/^Done/);
    await expect(page.getByRole('heading', { name: 'Home' })).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('data-loaded', 'once');
  });

  await test.step('the unused session ends, and nothing runs', async () => {
    await page.close();
    await clock.advance('6m');
    await expect(cloud.service('edit')).toHaveTasks(0);
    await session.waitFor('expired');
    expect(await session.status()).toMatchObject({ status: 'expired', reason: 'idle' });
  });
});

test('an active session answers without a cold start', async ({ session, measurements }) => {
  const asked = performance.now();
  expect(await session.get('/health')).toMatchObject({
    status: 200,
    body: { status: 'healthy', sessionId: session.id },
  });
  measurements.record('session.health', performance.now() - asked, 'ms');

  const start = performance.now();
  const { path } = await session.execute('Add a new page called "Warm"');
  const answer = await fetch(new URL(`.${path}`, session.previewUrl), { headers: { cookie: session.cookie } });
  measurements.record('session.warmStart', performance.now() - start, 'ms');
  expect(answer.status).toBe(200);
  expect((await session.log())[0]).toMatchObject({
    subject: 'Add a new page called "Warm"',
    trailers: { 'Thread-ID': session.threadId },
  });
});

test('a second email interrupts the first, and both are carried out', async ({ mailbox, page }) => {
  const first = await mailbox.send('Add a new page called "Beginning"');
  const begun = await first.reply({ timeout: 60_000 });
  const long = await begun.answer('Add 500 pages');
  await page.goto(begun.previewUrl);
  await expect(page.getByRole('link', { name: 'Page 3', exact: true })).toBeVisible();
  const second = await begun.answer('Add a new page called "Enough"');

  const [interrupted, done] = await Promise.all([long.reply({ timeout: 30_000 }), second.reply({ timeout: 30_000 })]);
  expect({ interrupted: interrupted.isInterrupted, done: done.isDone }).toEqual({ interrupted: true, done: true });
  await page.goto(done.previewUrl);
  await expect(page.getByRole('heading', { name: 'Enough' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Page 3', exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Page 500', exact: true })).toHaveCount(0);
});

test.describe('idle time', () => {
  test('keepalives and preview requests keep a session alive', async ({ createSession, clock }) => {
    const session = await createSession('Add a new page called "Used"');
    await session.waitFor('active');
    const lastUse = async () => Date.parse((await session.status()).lastActivity);
    const opened = await lastUse();
    await clock.advance('4m');
    const alive = await session.keepalive();
    const kept = await lastUse();
    expect(alive, 'how long it is to live from now on, in seconds since 1970').toEqual({
      status: 'active',
      ttl: Math.floor((kept + 300_000) / 1000),
    });
    expect(kept, 'the last use after a keepalive').toBeGreaterThan(opened);
    await clock.advance('4m');
    expect((await session.get('/')).status, 'the preview, four minutes after a keepalive').toBe(200);
    expect(await lastUse(), 'the last use after a look at the preview').toBeGreaterThan(kept);
    await clock.advance('4m');
    expect(await session.status(), 'four minutes after a look at the preview').toMatchObject({ status: 'active' });
    await clock.advance('2m');
    await session.waitFor('expired');
    expect(await session.status()).toMatchObject({ status: 'expired', reason: 'idle' });
  });

  test('an idle session ends in real time, even with an open tab', async ({
    createSession,
    user,
    sessionPlatform: { url },
    sessionStore,
    cloud,
    measurements,
  }) => {
    const session = await createSession(undefined, { user });
    await session.waitFor('active');
    const [running] = await cloud.tasksOf(session.id);
    await using tab = await LiveUpdates.connect(url, `/session/${session.id}/ws/hmr`, { cookie: session.cookie });
    await tab.first('connected');
    tab.keepOpen(100);
    await session.keepalive();
    const start = performance.now();
    await call(url, `/hermes/api/clients/${user.clientId}`, {
      method: 'PUT',
      token: user.token,
      body: { idleMs: 1_500 },
    });
    await session.waitFor('expired', 20_000);
    measurements.record('session.idleShutdown', performance.now() - start, 'ms');
    const [row] = await sessionStore.postgres.query<{ used: Date }>(
      'SELECT last_activity - ahead AS used FROM sessions, clock WHERE id = $1',
      [session.id],
    );
    const task = await cloud.task(running!.taskArn!);
    expect(
      task.stoppingAt!.getTime() - row!.used.getTime(),
      'milliseconds from its last use until its container was told to stop',
    ).toBeGreaterThanOrEqual(1_500);
  });
});
