import { expect, test } from '../../fixtures/index.ts';
import type { Session } from '../../helpers/clients/index.ts';

test('three concurrent sessions have their own workspaces and end on their own', async ({
  createSession,
  cloud,
  clock,
  workspace,
}) => {
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
      await expect
        .poll(() => workspace(session).list('src/pages'))
        .toEqual(expect.arrayContaining([`${letters[index]!.toLowerCase()}.json`]));
      for (const other of letters.filter((_, place) => place !== index))
        expect(await workspace(session).exists(`src/pages/${other.toLowerCase()}.json`)).toBe(false);
    }
  });

  await test.step('a fourth is refused, with the reason', async () => {
    await expect(createSession('Create page D')).toBeRefused(429, 'RATE_LIMIT_EXCEEDED');
  });

  const others = await test.step('the one that is ended ends, and the others go on', async () => {
    const last = (await cloud.service('edit').tasks()).at(-1)!; // the service itself would stop the first one
    const ended = sessions.find(({ id }) => last.tags!.some(({ value }) => value === id))!;
    const left = sessions.filter((session) => session !== ended);
    await ended.deactivate();
    await ended.waitFor('expired');
    await expect(cloud.service('edit')).toHaveTasks(2);
    for (const session of left)
      expect(await session.status(), 'a session that was not ended').toMatchObject({ status: 'active' });
    for (const session of left)
      expect((await session.get('/')).status, 'the preview of a session that was not ended').toBe(200);
    for (const { id } of left)
      expect(await cloud.tasksOf(id), 'containers that a session has had which goes on').toHaveLength(1);
    return left;
  });

  await test.step('the unused session ends, and the used one continues', async () => {
    const [unused, used] = others as [Session, Session];
    await clock.advance('4m');
    await used.keepalive();
    await clock.advance('2m');
    await unused.waitFor('expired');
    expect(await unused.status(), 'the unused session').toMatchObject({ status: 'expired', reason: 'idle' });
    expect(await used.status(), 'the session that is used').toMatchObject({ status: 'active', reason: null });
    await expect(cloud.service('edit')).toHaveTasks(1);
    expect(await cloud.tasksOf(used.id), 'containers that the session has had which is used').toMatchObject([
      { lastStatus: 'RUNNING' },
    ]);
  });

  await test.step('when both are unused, nothing runs', async () => {
    await clock.advance('6m');
    await Promise.all(sessions.map((session) => session.waitFor('expired')));
    await expect(cloud.service('edit')).toHaveTasks(0);
  });
});
