import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '../../fixtures/index.ts';
import { task } from '../../helpers/clients/probe-files.ts';
import { isAlive } from '../../helpers/run/processes/index.ts';

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
  await deployment.change({ resources: [task('done'), task('other', {}, 'done')] });
  const waiting = deployment.apply();
  await waiting.accepted;
  deploymentChaos.kill('manager');
  await deploymentChaos.ready('manager');
  expect(isAlive(before)).toBe(false);
  const statuses = (await deployment.get()).resources.map(({ name, status }) => `${name} ${status}`);
  expect(statuses.toSorted(), 'while the outcome is open').toEqual(['done exists', 'held in_doubt', 'other absent']);

  applying.release();
  await applying.result;
  expect(Object.keys(await waiting.result).toSorted(), 'after the apply that was waiting').toEqual(['done', 'other']);
  expect(await deployment.operations()).toMatchObject([
    { number: 1, status: 'succeeded', attempts: 2 },
    { number: 2, status: 'succeeded', attempts: 1 },
  ]);
  const effects = deployment.files.ledger().map(({ name, isDeleted }) => `${name}${isDeleted ? ' deleted' : ''}`);
  expect(effects.toSorted(), 'each created once').toEqual(['done', 'held deleted', 'other']);
});

/** At once: a kill of the manager interrupts each at another point. */
const deploymentsAtOnce = 5;

for (const { applies, tag } of [
  { applies: 5, tag: '@short' },
  { applies: 100, tag: '@long' },
]) {
  test(
    `${applies} applies that are killed at random points lose no state and do nothing twice`,
    { tag },
    async ({ createDeployment, deploymentChaos }) => {
      test.setTimeout(30_000 + applies * 3_000);
      const deployments = await Promise.all(
        Array.from({ length: deploymentsAtOnce }, () => createDeployment({ resources: [] })),
      );
      for (let round = 0; round < applies / deploymentsAtOnce; round += 1) {
        // From the second round on, two are replaced, two stay, two are created and two are deleted.
        const numbers = Array.from({ length: 6 }, (_, index) => 2 * round + index);
        const resources = numbers.map((number, index) =>
          task(`task${number}`, { duration_ms: 10, ...(index < 2 ? { triggers: { round: `${round}` } } : {}) }),
        );
        const interrupted = deployments.map(async (deployment) => {
          await deployment.change({ resources });
          await delay(Math.random() * 200); // random, as crashes are
          return deployment.apply().accepted;
        });
        const operations = await Promise.all(interrupted);
        await delay(Math.random() * 100);
        deploymentChaos.kill('manager');
        await deploymentChaos.ready('manager');

        const names = resources.map(({ name }) => name).toSorted();
        for (const [index, deployment] of deployments.entries()) {
          await deployment.ended(operations[index]!.number);
          const { resources: found, status } = await deployment.get();
          expect(status).toBe('applied');
          expect(found.map(({ name }) => name).toSorted()).toEqual(names);
          expect(new Set(found.map((one) => one.status))).toEqual(new Set(['exists']));
          expect(deployment.files.existing(), 'each once').toEqual(names);
        }
      }
    },
  );
}
