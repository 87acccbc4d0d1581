import { rmSync } from 'node:fs';
import { expect, test } from '../../fixtures/index.ts';

test('operations of a deployment run in the order in which they were sent', async ({ createDeployment }) => {
  const deployment = await createDeployment();
  const first = deployment.apply({ hold: true });
  await first.started;
  const others = [];
  for (let count = 0; count < 3; count += 1) {
    const next = deployment.apply();
    await next.accepted;
    others.push(next.result);
  }
  first.release();
  await Promise.all([first.result, ...others]);
  const operations = await deployment.operations();
  const starts = operations.map(({ startedAt }) => Date.parse(startedAt!));
  expect(operations.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  expect(starts).toEqual(starts.toSorted((one, other) => one - other));
});

test('a resource that was removed by something else is created again', async ({ createDeployment }) => {
  const deployment = await createDeployment();
  const { task } = await deployment.apply().result;
  rmSync(deployment.files.configure({})['ledger'] as string, { recursive: true });
  expect((await deployment.plan()).changes).toMatchObject([{ action: 'create', before: null }]);
  expect((await deployment.apply().result)['task']!['id']).not.toBe(task!['id']);
  expect(deployment.files.existing()).toEqual(['task']);
});
