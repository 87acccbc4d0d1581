import { existsSync } from 'node:fs';
import { expect, test } from '../../../fixtures/index.ts';
import { OperationFailed } from '../../clients/deployment.ts';
import { task } from '../../clients/probe-files.ts';
import { until } from '../../lib/wait.ts';

test('a deletion that a killed manager has left is completed by its successor', async ({
  createDeployment,
  deploymentChaos,
}) => {
  const deployment = await createDeployment({ resources: [task('task', { during: 'delete' })] });
  await deployment.apply().result;
  deployment.files.hold(true);
  const destroyed = deployment.call<{ number: number }>('', { method: 'DELETE' });
  await deployment.files.begun(['task'], 20_000);
  const { number } = await destroyed;
  deploymentChaos.kill('manager');
  deployment.files.release();
  expect(await deployment.ended(number)).toMatchObject({ kind: 'destroy', attempts: 2 });
  expect(await deployment.get()).toMatchObject({ status: 'destroyed', resources: [] });
  expect(existsSync(deployment.workingDirectory)).toBe(false);
  expect(deployment.files.existing()).toEqual([]);
});

test('an apply goes on when its database has broken every connection for a while', async ({
  createDeployment,
  deployments: { postgres },
}) => {
  const deployment = await createDeployment({ resources: [task('one'), task('two', {}, 'one')] });
  const { accepted, started, release } = deployment.apply({ hold: ['one'] });
  await started;
  release();
  for (let times = 0; times < 100; times++) {
    await postgres.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()`,
    );
  }
  const { number } = await accepted;
  const ended = async () => {
    const operation = await deployment.operation(number).catch(() => undefined);
    return operation?.endedAt == null ? undefined : operation;
  };
  expect(await until(ended, 20_000, () => 'the end of the apply')).toMatchObject({ status: 'succeeded', attempts: 1 });
  expect(deployment.files.existing()).toEqual(['one', 'two']);
});

test('a deployment whose provider does not start can be destroyed', async ({ createDeployment }) => {
  const deployment = await createDeployment({ environment: { PROBE_HANDSHAKE: 'dies' } });
  await expect(deployment.apply().result).rejects.toThrow(OperationFailed);
  await deployment.destroy();
  expect(deployment.last).toMatchObject({ status: 'destroyed' });
  expect(existsSync(deployment.workingDirectory)).toBe(false);
});

test('values may have any text, a zero character too', async ({ createDeployment }) => {
  const input = 'a\0b';
  const deployment = await createDeployment({ resources: [task('task', { input })] });
  expect((await deployment.apply().result)['task']).toMatchObject({ input });
});
