import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '../../fixtures/index.ts';
import { task } from '../../helpers/clients/probe-files.ts';
import { hasUniqueIds } from '../../helpers/clients/provider-under-test.ts';
import { isAlive } from '../../helpers/run/processes/index.ts';

// One worker, one after the other, so that their times can be added up.
test.describe.configure({ mode: 'default' });

/** Milliseconds of all subtests, without what a worker starts once. */
let total = 0;
let begun = 0;

test.beforeEach(({ createDeployment }) => {
  expect(createDeployment, 'for which the manager was started').toBeDefined();
  begun = performance.now();
});

test.afterEach(() => {
  total += performance.now() - begun;
});

test.afterAll(() => {
  process.stdout.write(`\nThe subtests of provider isolation took ${(total / 1_000).toFixed(2)} s.\n`);
});

test('ConcurrentProviderAccess: four deployments of one provider are served by four processes at once', async ({
  createDeployment,
  providers,
}) => {
  const deployments = await Promise.all(Array.from({ length: 4 }, () => createDeployment()));
  const applies = deployments.map((deployment) => deployment.apply({ hold: deployment.canHold }));
  await Promise.all(applies.map(({ started }) => started));
  for (const { release } of applies) release();
  const results = await Promise.all(applies.map(({ result }) => result));

  const pids = deployments.map(({ pid }) => pid);
  expect(new Set(pids).size, `distinct processes of ${pids.join(', ')}`).toBe(4);
  for (const [index, deployment] of deployments.entries()) {
    expect(providers.of(deployment), deployment.name).toMatchObject([{ pid: deployment.pid }]);
    expect(deployment.last, deployment.name).toMatchObject({
      status: 'applied',
      instance: { launches: 1 },
      resources: [{ name: 'task', status: 'exists' }],
    });
    const own = deployment.canHold ? { pid: deployment.pid, overlap: 1, applies: 1 } : {};
    expect(results[index]!['task'], deployment.name).toMatchObject(own);
  }
  const ids = new Set(results.map((each) => each['task']!['id']));
  expect(ids.size, 'distinct resources').toBe(hasUniqueIds(deployments[0]!.last.resources[0]!.type) ? 4 : ids.size);
});

test('ProviderReconfigurationIsolation: a deployment that is configured again does not disturb an apply under way', async ({
  createDeployment,
}) => {
  const [first, second] = [
    await createDeployment({ config: { marker: 'one' } }),
    await createDeployment({ config: { marker: 'two' } }),
  ];
  expect((await second.apply().result)['task']).toMatchObject({ marker_at_start: 'two', marker_at_end: 'two' });
  const slow = first.apply({ hold: true });
  await slow.started;

  const before = second.pid;
  await second.configure({ marker: 'three' });
  await second.change({ resources: [task('task', { input: 'new' })] });
  expect((await second.apply().result)['task']).toMatchObject({ marker_at_start: 'three', marker_at_end: 'three' });
  expect(second.pid, 'the process with the former configuration was replaced').not.toBe(before);

  slow.release();
  expect((await slow.result)['task']).toMatchObject({
    marker_at_start: 'one',
    marker_at_end: 'one',
    configured: 1,
    pid: first.pid,
  });
  expect(second.pid).not.toBe(first.pid);
});

test("DeploymentCleanup: a deleted deployment ends its own process and leaves its neighbours' work under way", async ({
  createDeployment,
  providers,
}) => {
  const [first, middle, last] = [await createDeployment(), await createDeployment(), await createDeployment()];
  await middle.apply().result;
  const neighbours = [first, last].map((deployment) => ({
    deployment,
    applying: deployment.apply({ hold: deployment.canHold }),
  }));
  await Promise.all(neighbours.map(({ applying }) => applying.started));
  const [process] = providers.of(middle);
  expect(process!.pid).toBe(middle.pid);

  await middle.destroy();
  expect(isAlive(process!.pid), 'its process').toBe(false);
  expect(existsSync(process!.workingDirectory), 'its working directory').toBe(false);
  expect(existsSync(process!.sockets), 'the folder of its socket').toBe(false);
  expect(middle.last).toMatchObject({ status: 'destroyed', instance: { pid: null } });
  expect(await middle.resources()).toEqual({});

  for (const { deployment, applying } of neighbours) {
    applying.release();
    expect(Object.keys(await applying.result), deployment.name).toEqual(['task']);
    expect(providers.of(deployment), deployment.name).toMatchObject([{ pid: deployment.pid }]);
    expect(deployment.last, deployment.name).toMatchObject({ status: 'applied', instance: { launches: 1 } });
  }
});

test('WorkingDirectoryIsolation: each deployment works in a directory of its own', async ({
  createDeployment,
  deployments: { root },
  providers,
}) => {
  const pair = [await createDeployment(), await createDeployment()];
  const applies = pair.map((deployment) => deployment.apply({ hold: deployment.canHold }));
  await Promise.all(applies.map(({ started }) => started));
  for (const { release } of applies) release();
  const results = await Promise.all(applies.map(({ result }) => result));

  expect(pair[0]!.workingDirectory).not.toBe(pair[1]!.workingDirectory);
  for (const [index, deployment] of pair.entries()) {
    const { workingDirectory, canHold } = deployment;
    expect(path.dirname(workingDirectory), deployment.name).toBe(path.join(root, 'workspaces'));
    expect(providers.of(deployment), deployment.name).toMatchObject([{ pid: deployment.pid, workingDirectory }]);
    const own = canHold ? { cwd: workingDirectory, scratch_at_end: 'task' } : {};
    expect(results[index]!['task'], deployment.name).toMatchObject(own);
    expect(readdirSync(workingDirectory), deployment.name).toEqual(canHold ? ['probe.scratch'] : []);
  }
});

test('RaceConditionPrevention: a slow apply succeeds while another deployment is launched, configured and deleted', async ({
  createDeployment,
}) => {
  const [first, second] = [
    await createDeployment({ config: { marker: 'one' }, resources: [task('slow'), task('next', {}, 'slow')] }),
    await createDeployment({ config: { marker: 'two' } }),
  ];
  const slow = first.apply({ hold: ['slow'] });
  await slow.started;

  expect((await second.apply().result)['task']).toMatchObject({ marker_at_end: 'two', overlap: 1 });
  await second.configure({ marker: 'three' });
  await second.destroy();
  expect(await first.operations(), 'the slow one is still under way').toMatchObject([{ status: 'running' }]);

  slow.release();
  const one = { marker_at_start: 'one', marker_at_end: 'one', configured: 1, overlap: 1 };
  expect(await slow.result).toMatchObject({ slow: { ...one, applies: 1 }, next: { ...one, applies: 2 } });
  expect(first.last).toMatchObject({ status: 'applied', instance: { launches: 1 } });
  expect(first.files.existing()).toEqual(['next', 'slow']);
});
