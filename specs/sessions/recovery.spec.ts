import { expect, test } from '../../fixtures/index.ts';
import { ApiFailure, leftBehind, nothing, type Session } from '../../helpers/clients/index.ts';

test('a crashed container is replaced without losing work', async ({
  createSession,
  cloud,
  workspace,
  sessionChaos,
  measurements,
}) => {
  const session = await createSession('Add a new page called "Before"');
  await session.waitFor('active');
  const subjects = async () => (await session.log()).map(({ subject }) => subject);
  await expect.poll(subjects, { timeout: 30_000 }).toEqual(['Add a new page called "Before"', 'New site']);
  const [crashed] = await cloud.tasksOf(session.id);

  await test.step('it has another container', async () => {
    const start = performance.now();
    sessionChaos.crash(crashed!.taskArn!);
    await expect
      .poll(async () => (await cloud.tasksOf(session.id)).length, {
        message: 'containers that the session has had',
        timeout: 60_000,
      })
      .toBe(2);
    await session.waitFor('active');
    measurements.record('session.recovery', performance.now() - start, 'ms');
  });

  expect(await cloud.task(crashed!.taskArn!)).toMatchObject({
    lastStatus: 'STOPPED',
    stopCode: 'EssentialContainerExited',
    containers: [{ exitCode: 137 }],
  });
  expect(await workspace(session).exists('src/pages/before.json')).toBe(true);
  expect(await subjects()).toEqual(['Add a new page called "Before"', 'New site']);
  expect((await session.get('/')).status).toBe(200);
  expect((await session.execute('Add a new page called "After"')).interrupted).toBe(false);
  expect(await subjects()).toEqual(['Add a new page called "After"', 'Add a new page called "Before"', 'New site']);
});

test('an overloaded store refuses activations with the reason and leaves nothing behind', async ({
  createSession,
  cloud,
  clock,
  sessionStore,
  sessionPlatform,
}) => {
  await clock.advance('6m'); // ends warm sessions of other tests
  await expect(cloud.service('edit')).toHaveTasks(0);
  const waiting = async () =>
    (
      await sessionStore.postgres.query(
        `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      )
    ).length;
  const burst = (count: number) => Promise.allSettled(Array.from({ length: count }, () => createSession()));

  const later =
    await test.step('while the store is frozen, requests that have waited too long are refused', async () => {
      await using _ = await sessionStore.hold('sessions');
      expect(await burst(5)).toEqual(
        Array.from({ length: 5 }, () => refusal(423, 'LOCKED', 'Another operation holds it; try again')),
      );
      const answers = Promise.allSettled(Array.from({ length: 15 }, withRetries(createSession)));
      await expect
        .poll(waiting, { message: 'activations that wait for each other', intervals: [20] })
        .toBeGreaterThan(0);
      return { answers };
    });

  const granted =
    await test.step('when it goes on, those for whom there is room are granted, and the others refused', async () => {
      const answers = await later.answers;
      expect(answers.filter(({ status }) => status === 'rejected')).toEqual(
        Array.from({ length: 12 }, () =>
          refusal(429, 'RATE_LIMIT_EXCEEDED', 'All 3 workspaces are taken; try again later'),
        ),
      );
      return answers.filter((one) => one.status === 'fulfilled').map(({ value }) => value);
    });
  const rows = await sessionStore.postgres.query<{ id: string }>(`SELECT id FROM sessions WHERE status <> 'expired'`);
  expect(rows.map(({ id }) => id).toSorted(), 'sessions that there are, and those that were granted').toEqual(
    granted.map(({ id }) => id).toSorted(),
  );

  await test.step('what was granted becomes active, and ends, and nothing is left', async () => {
    await Promise.all(granted.map((session) => session.waitFor('active')));
    await expect(cloud.service('edit')).toHaveTasks(granted.length);
    await clock.advance('6m');
    await expect(cloud.service('edit')).toHaveTasks(0);
    await expect
      .poll(() => leftBehind(sessionPlatform), { message: 'what is left behind', timeout: 30_000 })
      .toEqual(nothing);
  });
});

/**
 * Retries as long as the answer is that another operation holds a lock: on a slow machine some requests wait too long.
 */
function withRetries(createSession: () => Promise<Session>): () => Promise<Session> {
  return async function attempt(): Promise<Session> {
    try {
      return await createSession();
    } catch (error) {
      if (error instanceof ApiFailure && error.code === 'LOCKED') return attempt();
      throw error;
    }
  };
}

/** A refusal in the form of `Promise.allSettled`. */
function refusal(status: number, code: string, message: string): object {
  return {
    status: 'rejected',
    reason: expect.objectContaining({ status, code, body: { error: expect.objectContaining({ code, message }) } }),
  };
}
