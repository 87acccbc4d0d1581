import { existsSync } from 'node:fs';
import { expect, test } from '../../fixtures/index.ts';
import { task } from '../../helpers/clients/probe-files.ts';
import { isAlive } from '../../helpers/run/processes/index.ts';

test('a new deployment is pending and has no process', async ({ createDeployment, providers }) => {
  const deployment = await createDeployment({ provider: 'probe' });
  expect(await deployment.get()).toMatchObject({
    status: 'pending',
    instance: { pid: null, socket: null, launches: 0 },
    resources: [{ type: 'probe_task', name: 'task', status: 'absent', state: null }],
    error: null,
  });
  expect(providers.of(deployment)).toEqual([]);
  expect(await deployment.operations()).toEqual([]);
});

test('a deployment is applying until its apply has ended, destroying, and then destroyed', async ({
  createDeployment,
  providers,
}) => {
  const deployment = await createDeployment({ resources: [task('task', { during: 'delete' })] });
  await deployment.apply().result;
  expect(deployment.last.status).toBe('applied');
  await deployment.change({ resources: [task('task', { during: 'delete', input: 'new' })] });
  const applying = deployment.apply({ hold: true });
  await applying.started;
  expect((await deployment.get()).status).toBe('applying');
  applying.release();
  await applying.result;

  deployment.files.hold(true);
  const destroyed = deployment.destroy();
  await deployment.files.begun(['task'], 10_000);
  expect((await deployment.get()).status).toBe('destroying');
  const [process] = providers.of(deployment);
  deployment.files.release();
  await destroyed;
  expect(deployment.last).toMatchObject({ status: 'destroyed', instance: { pid: null, socket: null } });
  expect(isAlive(process!.pid)).toBe(false);
  expect([process!.workingDirectory, process!.sockets].filter((folder) => existsSync(folder))).toEqual([]);
});

test('a failed apply says why, and a later one succeeds', async ({ createDeployment }) => {
  const deployment = await createDeployment({
    resources: [task('good'), task('bad', { behaviour: 'fail' }, 'good'), task('never', {}, 'bad')],
  });
  const error = {
    code: 'DIAGNOSTICS',
    resource: 'probe_task.bad',
    diagnostics: [{ severity: 'error', summary: 'The task was told to fail', attribute: 'behaviour' }],
  };
  await expect(deployment.apply().result).rejects.toMatchObject(error);
  expect(await deployment.get()).toMatchObject({ status: 'failed', error });
  expect(deployment.files.existing()).toEqual(['good']);

  await deployment.change({ resources: [task('good'), task('bad', {}, 'good'), task('never', {}, 'bad')] });
  expect(Object.keys(await deployment.apply().result).toSorted()).toEqual(['bad', 'good', 'never']);
  expect(deployment.last).toMatchObject({ status: 'applied', error: null });
  expect(deployment.files.existing()).toEqual(['bad', 'good', 'never']);
});

test('an input is changed in place, and a trigger replaces the resource', async ({ createDeployment }) => {
  const wanted = (input: string, trigger: string) => [task('task', { input, triggers: { trigger } })];
  const deployment = await createDeployment({ resources: wanted('a', '1') });
  const { task: created } = await deployment.apply().result;

  await deployment.change({ resources: wanted('b', '1') });
  expect((await deployment.plan()).changes).toMatchObject([{ action: 'update', requiresReplace: [] }]);
  const { task: changed } = await deployment.apply().result;
  expect(changed).toMatchObject({ id: created!['id'], input: 'b', updates: 1 });

  await deployment.change({ resources: wanted('b', '2') });
  expect((await deployment.plan()).changes).toMatchObject([{ action: 'replace', requiresReplace: ['triggers'] }]);
  const { task: replaced } = await deployment.apply().result;
  expect(replaced!['id']).not.toBe(created!['id']);
  expect(deployment.files.existing()).toEqual(['task']);
});

test('resources are created after what they depend on, and deleted before it', async ({ createDeployment }) => {
  const deployment = await createDeployment({
    resources: [task('roof', {}, 'walls'), task('walls', {}, 'ground'), task('ground')],
  });
  const { roof, walls, ground } = await deployment.apply().result;
  expect([ground, walls, roof].map((each) => each!['applies'])).toEqual([1, 2, 3]);

  await deployment.change({ resources: [task('ground')] });
  expect(Object.keys(await deployment.apply().result)).toEqual(['ground']);
  const deleted = deployment.files.ledger().filter(({ isDeleted }) => isDeleted);
  expect(deleted.map(({ name }) => name)).toEqual(['roof', 'walls']);
});

test('an import takes over a resource that exists, and refuses what is taken or unknown', async ({
  createDeployment,
}) => {
  const owner = await createDeployment({ provider: 'probe' });
  const { task: existing } = await owner.apply().result;
  const id = String(existing!['id']);
  await expect(owner.import('probe_task', 'task', id)).rejects.toMatchObject({ code: 'EXISTS' });
  await expect(owner.import('probe_task', 'other', 'unknown')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await owner.import('probe_task', 'other', id);
  expect((await owner.resources())['other']).toMatchObject({ id, name: id });
});

test('a destroyed deployment stays readable, and refuses every change', async ({ createDeployment }) => {
  const deployment = await createDeployment({ provider: 'probe' });
  await deployment.destroy();
  expect(await deployment.get()).toMatchObject({ status: 'destroyed', instance: { launches: 0 } });
  for (const change of [
    () => deployment.configure({}),
    () => deployment.plan(),
    () => deployment.apply().accepted,
    () => deployment.schema(),
    () => deployment.destroy(),
  ])
    await expect(change(), String(change)).toBeRefused(409, 'CONFLICT');
});

test('a list has the newest deployment first, by status and by page', async ({ createDeployment, deployments }) => {
  const tenant = deployments.createTenant();
  const [one, two, three] = [
    await createDeployment({ tenant }),
    await createDeployment({ tenant }),
    await createDeployment({ tenant }),
  ];
  await two.destroy();
  const idsOf = async (query: Parameters<typeof tenant.list>[0]) => {
    const { deployments: found, total } = await tenant.list(query);
    return { ids: found.map(({ id }) => id), total };
  };
  expect(await idsOf({})).toEqual({ ids: [three.id, two.id, one.id], total: 3 });
  expect(await idsOf({ status: ['pending'] })).toEqual({ ids: [three.id, one.id], total: 2 });
  expect(await idsOf({ status: ['destroyed', 'failed'] })).toEqual({ ids: [two.id], total: 1 });
  expect(await idsOf({ page: 2, perPage: 2 })).toEqual({ ids: [one.id], total: 3 });
});
