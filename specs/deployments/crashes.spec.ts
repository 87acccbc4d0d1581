import { expect, test } from '../../fixtures/index.ts';
import { task } from '../../helpers/clients/probe-files.ts';
import { isAlive } from '../../helpers/run/processes/index.ts';

test("a crashed provider is replaced by a new process, and a neighbour's apply goes on", async ({
  createDeployment,
  deploymentChaos,
  providers,
}) => {
  const [crashing, neighbour] = [await createDeployment(), await createDeployment()];
  await crashing.apply().result;
  const slow = neighbour.apply({ hold: true });
  await slow.started;

  const before = crashing.pid!;
  const [process] = providers.of(crashing);
  deploymentChaos.crash(crashing);
  await expect.poll(async () => (await crashing.get()).instance).toMatchObject({ pid: null, socket: null });
  expect(providers.socketFolders).not.toContain(process!.sockets);

  expect((await crashing.plan()).changes, 'by the new process').toMatchObject([{ action: 'none' }]);
  expect((await crashing.get()).instance).toMatchObject({ launches: 2 });
  expect(crashing.pid).not.toBe(before);

  slow.release();
  expect((await slow.result)['task']).toMatchObject({ pid: neighbour.pid, overlap: 1 });
  expect(neighbour.last.instance.launches).toBe(1);
});

test('a provider that crashes in an apply leaves its resource in doubt, and the next apply does nothing twice', async ({
  createDeployment,
}) => {
  const deployment = await createDeployment({
    resources: [task('done'), task('doubtful', { behaviour: 'crash after effect' }, 'done')],
  });
  await expect(deployment.apply().result).rejects.toMatchObject({
    code: 'CRASHED',
    resource: 'probe_task.doubtful',
    message: expect.stringContaining('The task was told to crash after its effect.'),
  });
  expect(await deployment.get()).toMatchObject({
    status: 'failed',
    resources: [
      { name: 'done', status: 'exists' },
      { name: 'doubtful', status: 'in_doubt' },
    ],
  });
  await expect(deployment.plan(), 'while it is in doubt').toBeRefused(409, 'CONFLICT');

  expect(Object.keys(await deployment.apply().result).toSorted()).toEqual(['done', 'doubtful']);
  expect(deployment.last.resources.map(({ status }) => status)).toEqual(['exists', 'exists']);
  expect(deployment.files.existing(), 'each created once').toEqual(['done', 'doubtful']);
});

test('a provider that is killed before its effect leaves its resource in doubt, and the next apply creates it', async ({
  createDeployment,
  deploymentChaos,
}) => {
  const deployment = await createDeployment();
  const slow = deployment.apply({ hold: true });
  await slow.started;
  await deployment.get();
  deploymentChaos.crash(deployment);
  await expect(deployment.ended(1)).rejects.toMatchObject({ code: 'CRASHED', resource: 'probe_task.task' });
  expect((await deployment.get()).resources).toMatchObject([{ status: 'in_doubt' }]);
  expect(deployment.files.existing()).toEqual([]);

  slow.release();
  await deployment.apply().result;
  expect(deployment.last.resources).toMatchObject([{ status: 'exists' }]);
  expect(deployment.files.existing()).toEqual(['task']);
});

test('an apply that fails after its effect leaves a tainted resource, which the next apply replaces', async ({
  createDeployment,
}) => {
  const deployment = await createDeployment({ resources: [task('task', { behaviour: 'fail after effect' })] });
  await expect(deployment.apply().result).rejects.toMatchObject({ code: 'DIAGNOSTICS' });
  const { task: left } = await deployment.resources();
  expect(deployment.last.resources).toMatchObject([{ status: 'exists', tainted: true }]);
  expect(deployment.files.existing(), 'it is there').toEqual(['task']);

  await deployment.change({ resources: [task('task')] });
  expect((await deployment.plan()).changes).toMatchObject([{ action: 'replace' }]);
  expect((await deployment.apply().result)['task']!['id']).not.toBe(left!['id']);
  expect(deployment.last.resources).toMatchObject([{ status: 'exists', tainted: false }]);
  expect(deployment.files.existing(), 'the former one is deleted').toEqual(['task']);
});

test('a provider that does not answer is given up in time, and ended', async ({ createDeployment, startManager }) => {
  const impatient = await startManager({ times: { rpc: 2_500 } });
  const deployment = await createDeployment({
    tenant: impatient.tenant,
    resources: [task('task', { behaviour: 'hang' })],
  });
  await expect(deployment.apply().result).rejects.toMatchObject({
    code: 'TIMEOUT',
    message: expect.stringContaining('has not answered apply within 2.5 s'),
  });
  expect(await deployment.get()).toMatchObject({
    status: 'failed',
    instance: { pid: null },
    resources: [{ status: 'in_doubt' }],
  });
  expect(impatient.processes.all()).toEqual([]);
});

test('a frozen provider delays no other deployment', async ({ createDeployment, deployment, deploymentChaos }) => {
  const frozen = await createDeployment();
  await frozen.schema();
  await frozen.get();
  deploymentChaos.freezeProvider(frozen);
  const waiting = frozen.apply();
  await waiting.started;
  await deployment.plan();
  expect(isAlive(frozen.pid!)).toBe(true);
  deploymentChaos.thawProvider(frozen);
  await waiting.result;
  expect(frozen.last.instance.launches).toBe(1);
});

test('a flood of output does not block an apply', async ({ createDeployment }) => {
  const deployment = await createDeployment({ resources: [task('task', { flood_bytes: 2_000_000 })] });
  await deployment.apply().result;
  expect((await deployment.logs()).at(-1)).toMatch(/^flood flood/);
});
