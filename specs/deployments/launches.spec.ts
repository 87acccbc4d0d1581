import { expect, test } from '../../fixtures/index.ts';

test('five simultaneous first uses of a deployment launch one process', async ({ createDeployment, providers }) => {
  const deployment = await createDeployment();
  const answers = await Promise.all(Array.from({ length: 5 }, () => deployment.schema()));
  const [{ pid }] = answers as [(typeof answers)[0]];
  expect(answers.map((answer) => answer.pid)).toEqual([pid, pid, pid, pid, pid]);
  expect((await deployment.get()).instance).toMatchObject({ pid, launches: 1 });
  expect(providers.of(deployment)).toMatchObject([{ pid }]);
});

test('a deployment that is deleted while its provider is launched leaves no process and no folder', async ({
  createDeployment,
  providers,
}) => {
  const deployment = await createDeployment();
  const sockets = providers.socketFolders;
  const [launched] = await Promise.allSettled([deployment.schema(), deployment.destroy()]);
  expect(launched.status === 'fulfilled' || deployment.last.status === 'destroyed').toBe(true);
  expect(providers.of(deployment)).toEqual([]);
  expect(providers.workspaces.filter((name) => name.includes(deployment.id))).toEqual([]);
  expect(providers.socketFolders.filter((folder) => !sockets.includes(folder))).toEqual([]);
});

test('a provider that fails to start is launched anew by the next request', async ({ createDeployment }) => {
  const deployment = await createDeployment({ provider: 'probe', environment: { PROBE_HANDSHAKE: 'dies' } });
  await expect(deployment.apply().result).rejects.toMatchObject({ code: 'HANDSHAKE_DIED' });
  await deployment.change({ environment: {} });
  await deployment.apply().result;
  expect(deployment.last).toMatchObject({ status: 'applied', instance: { launches: 2 } });
});
