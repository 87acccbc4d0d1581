import { expect, test } from '../../fixtures/index.ts';
import { ApiFailure } from '../../helpers/clients/index.ts';

test('a container that crashes is replaced, and nothing is lost', async ({ createSession, cloud, workspace, sessionChaos, measurements }) => {
  const session = await createSession('Add a new page called "Before"');
  await session.waitFor('active');
  await expect.poll(async () => (await session.log())[0]?.subject).toBe('Add a new page called "Before"');
  const [crashed] = await cloud.tasksOf(session.id);

  await test.step('it has another container', async () => {
    const start = performance.now();
    sessionChaos.crash(crashed!.taskArn!);
    await expect.poll(async () => (await cloud.tasksOf(session.id)).length, 'containers that the session has had').toBe(2);
    await session.waitFor('active');
    measurements.record('session.recovery', performance.now() - start, 'ms');
  });

  expect(await cloud.task(crashed!.taskArn!)).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'EssentialContainerExited', containers: [{ exitCode: 137 }] });
  expect(await workspace(session).exists('src/pages/before.json')).toBe(true);
  expect((await session.get('/')).status).toBe(200);
  expect((await session.execute('Add a new page called "After"')).interrupted).toBe(false);
});

test('a burst of activations on a store that cannot keep up: some succeed, the others hear why, and nothing is left', async ({ createSession, cloud, clock, sessionStore }) => {
  await clock.advance('6m'); // whatever another test has left warm
  await expect(cloud.service('edit')).toHaveTasks(0);
  const activations = await test.step('twenty at once, on a store that stands still until one is refused', async () => {
    const hold = await sessionStore.hold('sessions');
    const all = Array.from({ length: 20 }, () => createSession());
    await Promise.any(all.map((one) => one.then(() => Promise.reject(new Error('granted')), () => undefined)));
    await hold[Symbol.asyncDispose]();
    return Promise.allSettled(all);
  });

  const granted = activations.filter((one) => one.status === 'fulfilled').map(({ value }) => value);
  const rows = await sessionStore.postgres.query<{ id: string }>(`SELECT id FROM sessions WHERE status <> 'expired'`);
  expect(rows.map(({ id }) => id).toSorted(), 'sessions that there are, and those that were granted').toEqual(granted.map(({ id }) => id).toSorted());
  expect(granted.length, 'sessions that were granted').toBeGreaterThan(0);
  expect(granted.length, 'sessions that were granted').toBeLessThanOrEqual(3);
  for (const { reason } of activations.filter((one) => one.status === 'rejected')) {
    expect(reason).toBeInstanceOf(ApiFailure);
    const { code, status } = reason as ApiFailure;
    expect(status, code).toBe({ LOCKED: 423, RATE_LIMIT_EXCEEDED: 429, SERVICE_UNAVAILABLE: 503 }[code!]);
  }

  await test.step('what was granted becomes active, and ends', async () => {
    await Promise.all(granted.map((session) => session.waitFor('active')));
    await expect(cloud.service('edit')).toHaveTasks(granted.length);
    await clock.advance('6m');
    await expect(cloud.service('edit')).toHaveTasks(0);
  });
});
