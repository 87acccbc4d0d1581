import { expect, test } from '../../fixtures/index.ts';

test('with TEST_PROVIDER_DEBUG the log has the life of each provider and every call to it, and no values', async ({
  createDeployment,
  startManager,
}) => {
  const { supervisor, tenant } = await startManager({ debug: true });
  const deployment = await createDeployment({ tenant, config: { secret: 'correct horse' } });
  await deployment.apply().result;
  const { pid, instance } = { pid: deployment.pid!, instance: deployment.last.instance };
  await deployment.destroy();
  const { log } = supervisor.process('manager');
  const events = log.split('\n').filter((line) => line.startsWith(`debug: deployment ${deployment.id}: `));
  for (const event of [
    `process ${pid} was started in ${instance.workingDirectory}`,
    `at ${instance.socket}`,
    'configure was answered after',
    'plan was answered after',
    'apply was answered after',
    'operation 1 (apply) has succeeded',
    `process ${pid} ended by exit code 0`,
  ])
    expect(events.join('\n')).toContain(event);
  expect(log).not.toContain('correct horse');
});

test('the log has none of it without TEST_PROVIDER_DEBUG', async ({ deployment, deployments }) => {
  await deployment.plan();
  expect(deployments.supervisor.process('manager').log.includes('debug:')).toBe(deployments.isDebugging);
});
