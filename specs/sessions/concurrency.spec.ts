import { expect, test } from '../../fixtures/index.ts';

test('three sessions at once: each has its own workspace, and each ends by itself', async ({ createSession, cloud, clock, workspace }) => {
  await clock.advance('6m');
  await expect(cloud.service('edit')).toHaveTasks(0);
  const letters = ['A', 'B', 'C'];
  const sessions = await test.step('three users ask at the same time', async () => {
    const created = await Promise.all(letters.map((letter) => createSession(`Create page ${letter}`)));
    await Promise.all(created.map((session) => session.waitFor('active')));
    return created;
  });

  await test.step('there are three tasks, one for each', async () => {
    await expect(cloud.service('edit')).toHaveTasks(3);
    const tasks = await Promise.all(sessions.map(({ id }) => cloud.tasksOf(id)));
    expect(new Set(tasks.map(([task]) => task!.taskArn)).size).toBe(3);
  });

  await test.step('each workspace has its own page, and no other', async () => {
    for (const [index, session] of sessions.entries()) {
      await expect.poll(() => workspace(session).list('src/pages')).toEqual(expect.arrayContaining([`${letters[index]!.toLowerCase()}.json`]));
      for (const other of letters.filter((_, place) => place !== index)) expect(await workspace(session).exists(`src/pages/${other.toLowerCase()}.json`)).toBe(false);
    }
  });

  await test.step('a fourth is refused, with the reason', async () => {
    await expect(createSession('Create page D')).toBeRefused(429, 'RATE_LIMIT_EXCEEDED');
  });

  await test.step('the one that is ended ends, and the others go on', async () => {
    const last = (await cloud.service('edit').tasks()).at(-1)!; // the service itself would stop the first
    const ended = sessions.find(({ id }) => last.tags!.some(({ value }) => value === id))!;
    const others = sessions.filter((session) => session !== ended);
    await ended.deactivate();
    await ended.waitFor('expired');
    await expect(cloud.service('edit')).toHaveTasks(2);
    for (const session of others) expect(await session.status(), 'a session that nobody has ended').toMatchObject({ status: 'active' });
    for (const session of others) expect((await session.get('/')).status, 'the preview of a session that nobody has ended').toBe(200);
    for (const { id } of others) expect(await cloud.tasksOf(id), 'containers that a session has had which goes on').toHaveLength(1);
  });

  await test.step('those that nobody uses end, and nothing runs', async () => {
    await clock.advance('6m');
    await Promise.all(sessions.map((session) => session.waitFor('expired')));
    await expect(cloud.service('edit')).toHaveTasks(0);
  });
});
