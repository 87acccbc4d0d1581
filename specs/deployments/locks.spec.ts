import { expect, test } from '../../fixtures/index.ts';
import { task } from '../../helpers/clients/probe-files.ts';

test("two applies of a deployment run one after the other, and another deployment's at the same time", async ({
  createDeployment,
}) => {
  const [deployment, neighbour] = [await createDeployment(), await createDeployment()];
  const first = deployment.apply({ hold: true });
  await first.started;
  const second = deployment.apply();
  await second.accepted;

  // What can begin begins before this ends, since it was sent later.
  await neighbour.apply().result;
  expect(await deployment.operations(), 'while the first is under way').toMatchObject([
    { number: 1, status: 'running' },
    { number: 2, status: 'queued', startedAt: null },
  ]);

  first.release();
  await Promise.all([first.result, second.result]);
  const [one, two] = await deployment.operations();
  expect(Date.parse(two!.startedAt!)).toBeGreaterThanOrEqual(Date.parse(one!.endedAt!));
  expect((await deployment.resources())['task']).toMatchObject({ overlap: 1, applies: 1 });
  expect(deployment.files.existing()).toEqual(['task']);
});

test("a cancelled apply ends, and a neighbour's goes on", async ({ createDeployment }) => {
  const [cancelled, neighbour] = [
    await createDeployment({ resources: [task('task'), task('next', {}, 'task')] }),
    await createDeployment(),
  ];
  const [ends, goesOn] = [cancelled.apply({ hold: ['task'] }), neighbour.apply({ hold: true })];
  await Promise.all([ends.started, goesOn.started]);
  await cancelled.cancel();
  await expect(cancelled.ended(1)).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(await cancelled.get()).toMatchObject({ status: 'failed', instance: { launches: 1 } });
  expect(cancelled.files.existing()).toEqual([]);

  goesOn.release();
  await goesOn.result;
  expect(neighbour.last).toMatchObject({ status: 'applied', instance: { launches: 1 } });
  await expect(neighbour.cancel(), 'when nothing is under way').toBeRefused(409, 'CONFLICT');
});

test('a busy provider is not replaced: a request during an apply is answered by the same process', async ({
  createDeployment,
}) => {
  const deployment = await createDeployment();
  const slow = deployment.apply({ hold: true });
  await slow.started;
  const { pid } = await deployment.schema();
  slow.release();
  expect((await slow.result)['task']).toMatchObject({ pid });
  expect(deployment.last.instance).toMatchObject({ pid, launches: 1 });
});
