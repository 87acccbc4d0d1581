import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '../../fixtures/index.ts';
import { task } from '../../helpers/clients/probe-files.ts';
import { isAlive, processesMentioning } from '../../helpers/run/processes/index.ts';

test('providers of a killed manager are gone within two seconds, though nothing starts it again', async ({
  createDeployment,
  deploymentChaos,
  providers,
}) => {
  const pair = [await createDeployment(), await createDeployment()];
  const applies = pair.map((deployment) => deployment.apply({ hold: true }));
  await Promise.all(applies.map(({ started }) => started));
  const pids = providers.all().map(({ pid }) => pid);
  expect(pids.length).toBeGreaterThanOrEqual(2);

  await deploymentChaos.stop('manager');
  await expect.poll(() => pids.filter(isAlive), { timeout: 2_000, intervals: [20] }).toEqual([]);
  for (const { release } of applies) release();
});

test('sockets and folders that a killed manager has left are swept by its next start', async ({
  createDeployment,
  deploymentChaos,
  providers,
}) => {
  const deployment = await createDeployment();
  await deployment.apply().result;
  await deploymentChaos.stop('manager');
  const [left] = providers.socketFolders;
  expect(left, 'the killed manager has left the socket').toBeDefined();
  const foreign = path.join(providers.workspacesFolder, 'unknown.deployment');
  mkdirSync(foreign);

  await deploymentChaos.start('manager');
  expect(providers.socketFolders).toEqual([]);
  expect(existsSync(foreign), 'a folder of no deployment').toBe(false);
  expect(existsSync(deployment.workingDirectory), 'the folder of a deployment that exists').toBe(true);
  expect((await deployment.plan()).changes, 'its state').toMatchObject([{ action: 'none' }]);
});

test('providers of a killed manager whose watchdog is frozen are ended by its successor', async ({
  deployment,
  deployments: { root },
  deploymentChaos,
}) => {
  const [watchdog, ...others] = processesMentioning(`kill -s KILL -- "-$1" ${root} `);
  expect(others, 'other watchdogs of this manager').toEqual([]);
  process.kill(watchdog!.pid, 'SIGSTOP');
  try {
    await deploymentChaos.stop('manager');
    expect(isAlive(deployment.pid!), 'before there is a successor').toBe(true);
    await deploymentChaos.start('manager');
    expect(isAlive(deployment.pid!)).toBe(false);
  } finally {
    process.kill(watchdog!.pid, 'SIGKILL');
  }
});

test("a killed manager's successor does not touch a neighbour's providers, sockets and folders", async ({
  createDeployment,
  deploymentChaos,
  startManager,
}) => {
  const neighbour = await startManager();
  const theirs = await createDeployment({ tenant: neighbour.tenant });
  const slow = theirs.apply({ hold: true });
  await slow.started;
  const { processes } = neighbour;
  const before = { processes: processes.all(), sockets: processes.socketFolders, workspaces: processes.workspaces };

  deploymentChaos.kill('manager');
  await deploymentChaos.ready('manager');
  const after = { processes: processes.all(), sockets: processes.socketFolders, workspaces: processes.workspaces };
  expect(after).toEqual(before);
  slow.release();
  await slow.result;
  expect(theirs.last).toMatchObject({ status: 'applied', instance: { pid: before.processes[0]!.pid, launches: 1 } });
});

test('an apply that a killed manager has left is completed by its successor, and nothing is done twice', async ({
  createDeployment,
  deploymentChaos,
}) => {
  const deployment = await createDeployment({ resources: [task('done'), task('held', {}, 'done')] });
  const applying = deployment.apply({ hold: ['held'] });
  await applying.started;
  await deployment.get();
  const before = deployment.pid!;
  deploymentChaos.kill('manager');
  await deploymentChaos.ready('manager');
  await expect.poll(() => isAlive(before)).toBe(false);
  expect((await deployment.get()).resources, 'while its outcome is open').toMatchObject([
    { name: 'done', status: 'exists' },
    { name: 'held', status: 'in_doubt' },
  ]);

  applying.release();
  expect(Object.keys(await applying.result).toSorted()).toEqual(['done', 'held']);
  expect(await deployment.operation(1)).toMatchObject({ status: 'succeeded', attempts: 2 });
  expect(deployment.files.existing(), 'each created once').toEqual(['done', 'held']);
});

test('operations that wait when the manager is killed are done by its successor, in their order', async ({
  createDeployment,
  deploymentChaos,
}) => {
  const deployment = await createDeployment();
  const first = deployment.apply({ hold: true });
  await first.started;
  await deployment.change({ resources: [task('other')] });
  const second = deployment.apply();
  await second.accepted;
  deploymentChaos.kill('manager');
  first.release();
  await deploymentChaos.ready('manager');
  expect(Object.keys(await second.result)).toEqual(['other']);
  expect(await deployment.operations()).toMatchObject([
    { number: 1, status: 'succeeded' },
    { number: 2, status: 'succeeded' },
  ]);
  expect(deployment.files.existing()).toEqual(['other']);
});

for (const { kills, tag } of [
  { kills: 10, tag: [] },
  { kills: 100, tag: '@long' },
]) {
  test(
    `${kills} kills of the manager at random moments lose no state and double nothing`,
    { tag },
    async ({ createDeployment, deploymentChaos }) => {
      test.setTimeout(30_000 + kills * 6_000);
      const deployment = await createDeployment({ resources: [] });
      let names: string[] = [];
      for (let kill = 0; kill < kills; kill += 1) {
        // Two are replaced, two stay, two are created, two are deleted.
        names = [...names, `task${2 * kill}`, `task${2 * kill + 1}`].slice(-6);
        const tasks = names.map((name, index) =>
          task(name, { duration_ms: 10, ...(index < 2 ? { triggers: { kill: `${kill}` } } : {}) }),
        );
        await deployment.change({ resources: tasks });
        const { number } = await deployment.apply().accepted;
        await delay(Math.random() * 400); // random, as crashes are
        deploymentChaos.kill('manager');
        await deploymentChaos.ready('manager');
        await deployment.ended(number);
        const { resources, status } = await deployment.get();
        expect(status).toBe('applied');
        expect(
          resources
            .filter(({ state }) => state !== null)
            .map(({ name }) => name)
            .toSorted(),
        ).toEqual(names.toSorted());
        expect(resources.map((one) => one.status)).toEqual(names.map(() => 'exists'));
        expect(deployment.files.existing(), 'what exists').toEqual(names.toSorted());
      }
    },
  );
}
