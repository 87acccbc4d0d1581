import { expect, test } from '../../fixtures/index.ts';
import { Session } from '../../helpers/clients/index.ts';

const replaced = { message: 'containers that the session has had', timeout: 60_000 };

test('the next container finds the files of the one before', async ({ createSession, cloud, clock, workspace }) => {
  await clock.advance('6m'); // ends warm sessions of other tests
  await expect(cloud.service('edit')).toHaveTasks(0);
  const session = await createSession('Create a components/Header.astro file');
  await session.waitFor('active');
  const subjects = async () => (await session.log()).map(({ subject }) => subject);
  await expect.poll(subjects, { timeout: 30_000 }).toEqual(['Create a components/Header.astro file', 'New site']);
  expect(await workspace(session).exists('src/components/Header.astro')).toBe(true);
  const [first] = await cloud.tasksOf(session.id);

  await test.step('the service is scaled down by force, and the container stopped', async () => {
    await cloud.service('edit').scale(0);
    await cloud.stop(first!.taskArn!, 'forced by a test'); // scaling in spares a session's task
    expect(await cloud.waitForStopped(first!.taskArn!)).toMatchObject({
      stopCode: 'UserInitiated',
      stoppedReason: 'forced by a test',
      containers: [{ exitCode: 143 }],
    });
  });

  await test.step('the next one has the same files and the same history', async () => {
    await expect.poll(async () => (await cloud.tasksOf(session.id)).length, replaced).toBe(2);
    await session.waitFor('active');
    await expect(cloud.service('edit')).toHaveTasks(1);
    expect(await subjects()).toEqual(['Create a components/Header.astro file', 'New site']);
    await session.execute('Update Header.astro with new content');
    expect(await subjects()).toEqual([
      'Update Header.astro with new content',
      'Create a components/Header.astro file',
      'New site',
    ]);
    expect(await workspace(session).read('src/components/Header.astro')).toContain('new content');
  });
});

test('a user who ends a session finds everything in the next one', async ({ createSession, workspace, user }) => {
  const first = await createSession('Add a new page called "Kept"', { user });
  await first.waitFor('active');
  await expect
    .poll(async () => (await first.log()).map(({ subject }) => subject), { timeout: 30_000 })
    .toEqual(['Add a new page called "Kept"', 'New site']);
  await first.end();

  const second = await createSession(undefined, { user });
  expect(second.id).not.toBe(first.id);
  await second.waitFor('active');
  const again = second.onThread(first.threadId);
  const subjects = async () => (await again.log()).map(({ subject }) => subject);
  expect(await subjects()).toEqual(['Add a new page called "Kept"', 'New site']);
  await again.execute('Add a new page called "More"');
  expect(await subjects()).toEqual(['Add a new page called "More"', 'Add a new page called "Kept"', 'New site']);
  expect(await workspace(second).list('src/pages')).toEqual(['.gitkeep', 'kept.json', 'more.json']);
});

test('instructions of an ended session are not carried out in another', async ({
  createSession,
  user,
  sessionPlatform: { url },
  sessionStore,
  sessionChaos,
}) => {
  sessionChaos.cut('hermes-cloud'); // so that it gets no container
  const session = await createSession('Add a new page called "Too late"', { user });
  await expect
    .poll(() => sessionStore.receives(user), { message: 'times that the instruction was received', intervals: [20] })
    .toEqual([1]);
  await session.deactivate();
  await expect
    .poll(() => sessionStore.receives(user), { message: 'instructions that wait', timeout: 30_000 })
    .toEqual([]);
  expect(
    (await Session.ofUser(url, user)).map(({ id }) => id),
    'sessions, of which the cloud has yet to hear that one ends',
  ).toEqual([session.id]);
  sessionChaos.mend();
  await session.waitFor('expired');
  expect(await Session.ofUser(url, user)).toEqual([]);
});
