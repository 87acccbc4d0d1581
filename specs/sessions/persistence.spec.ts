import { expect, test } from '../../fixtures/index.ts';

test('what was made in one container is there in the next', async ({ createSession, cloud, workspace }) => {
  const session = await createSession('Create a components/Header.astro file');
  await session.waitFor('active');
  await expect.poll(() => workspace(session).exists('src/components/Header.astro')).toBe(true);
  const before = await session.log();
  const [first] = await cloud.tasksOf(session.id);

  await test.step('the container is stopped by force', async () => {
    await cloud.stop(first!.taskArn!, 'forced by a test');
    expect(await cloud.waitForStopped(first!.taskArn!)).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'forced by a test', containers: [{ exitCode: 143 }] });
  });

  await test.step('the next one has the same files and the same history', async () => {
    await expect.poll(async () => (await cloud.tasksOf(session.id)).length, 'containers that the session has had').toBe(2);
    await session.waitFor('active');
    await session.execute('Update Header.astro with new content');
    expect((await session.log()).map(({ subject }) => subject)).toEqual(['Update Header.astro with new content', ...before.map(({ subject }) => subject)]);
    expect(await workspace(session).read('src/components/Header.astro')).toContain('new content');
  });
});

test('who ends a session and comes back finds everything', async ({ createSession, workspace, user }) => {
  const first = await createSession('Add a new page called "Kept"', { user });
  await first.waitFor('active');
  await expect.poll(async () => (await first.log())[0]?.subject).toBe('Add a new page called "Kept"');
  await first.end();

  const second = await createSession(undefined, { user });
  expect(second.id).not.toBe(first.id);
  await second.waitFor('active');
  expect((await second.onThread(first.threadId).log())[0]).toMatchObject({ subject: 'Add a new page called "Kept"' });
  await second.onThread(first.threadId).execute('Add a new page called "More"');
  expect(await workspace(second).list('src/pages')).toEqual(['.gitkeep', 'kept.json', 'more.json']);
});
