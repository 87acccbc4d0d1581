import { expect, test } from '../../fixtures/index.ts';

test('what was made in one container is there in the next', async ({ createSession, cloud, workspace, user }) => {
  const first = await createSession('Create a components/Header.astro file', { user });
  await first.waitFor('active');
  await expect.poll(() => workspace(first).exists('src/components/Header.astro')).toBe(true);
  const before = await first.log();

  await test.step('all containers are stopped', async () => {
    await cloud.service('edit').stopAll('forced by a test');
  });

  await test.step('the next session of the same user has the same files and the same history', async () => {
    const second = await createSession('Update Header.astro with new content', { user });
    await second.waitFor('active');
    await expect.poll(async () => (await second.log()).map(({ subject }) => subject)).toEqual(['Update Header.astro with new content', ...before.map(({ subject }) => subject)]);
    expect(await workspace(second).read('src/components/Header.astro')).toContain('new content');
  });
});

test('who ends a session and comes back finds everything', async ({ createSession, workspace, user }) => {
  const first = await createSession('Add a new page called "Kept"', { user });
  await first.waitFor('active');
  await expect.poll(async () => (await first.log())[0]?.subject).toBe('Add a new page called "Kept"');
  await first.deactivate();
  await first.waitFor('expired');

  const second = await createSession(undefined, { user });
  expect(second.id).not.toBe(first.id);
  await second.waitFor('active');
  expect(await workspace(second).exists('src/pages/kept.json')).toBe(true);
});
