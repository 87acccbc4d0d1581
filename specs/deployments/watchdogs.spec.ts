import { expect, test } from '../../fixtures/index.ts';
import { allProcesses, isAlive } from '../../helpers/run/processes/index.ts';

/** The processes that wait for the end of the manager with this id, to end its providers. */
function watchdogsOf(root: string, manager: number | undefined): number[] {
  return allProcesses()
    .filter(({ line }) => line.includes('read ') && line.trim().endsWith(`${root} ${manager}`))
    .map(({ pid }) => pid);
}

test('a watchdog that was killed is replaced', async ({ createDeployment, deploymentChaos, deployments: { root } }) => {
  const deployment = await createDeployment();
  const { pid } = await deployment.schema();
  const manager = deploymentChaos.process('manager').pid;
  const [first] = watchdogsOf(root, manager);
  process.kill(first!, 'SIGKILL');
  await expect.poll(() => watchdogsOf(root, manager).filter((one) => one !== first)).toHaveLength(1);
  expect(isAlive(pid), 'the provider').toBe(true);

  await deploymentChaos.stop('manager');
  await expect.poll(() => isAlive(pid), { timeout: 2_000, intervals: [20] }).toBe(false);
});

test('a manager ends the providers that its predecessor has left', async ({
  createDeployment,
  deploymentChaos,
  deployments: { root },
  providers,
}) => {
  const deployment = await createDeployment();
  const { pid } = await deployment.schema();
  const [watchdog] = watchdogsOf(root, deploymentChaos.process('manager').pid);
  process.kill(watchdog!, 'SIGSTOP'); // so that the providers outlive their manager
  try {
    await deploymentChaos.stop('manager');
    expect(isAlive(pid), 'while there is no manager').toBe(true);
    await deploymentChaos.start('manager');
    expect(isAlive(pid)).toBe(false);
    expect(providers.all()).toEqual([]);
  } finally {
    process.kill(watchdog!, 'SIGKILL');
  }
  expect((await deployment.schema()).pid, 'of the provider of the new manager').not.toBe(pid);
});
