import { readLedger } from '../../run/measurements/index.ts';
import { expect, imports, test } from '../../testing/index.ts';

test('mail is billed to its test, queue and volume to their worker', async ({ runInlineTest }, testInfo) => {
  const { tests } = await runInlineTest({
    'a.spec.ts': `${imports}
    test('writes', async ({ mailbox }) => {
      const reply = await (await mailbox.send('Add a new page called "Home"')).reply({ timeout: 60_000 });
      expect(reply.isDone).toBe(true);
    });
  `,
  });
  expect(tests).toMatchObject([{ status: 'passed', errors: [] }]);
  const requests = tests[0]!.measurements.filter(({ name }) => name === 'cloud.requests');
  expect(requests).toEqual(
    [1, 2].map(() => ({ name: 'cloud.requests', value: 1, unit: 'count', attributes: { service: 'ses' } })),
  );

  const rest = readLedger(testInfo.outputPath('run-1', 'results')).rest.map(({ measurement }) => measurement);
  const [queue, ...others] = rest.filter(({ name }) => name === 'cloud.requests');
  expect(queue).toEqual({
    name: 'cloud.requests',
    value: expect.any(Number),
    unit: 'count',
    attributes: { service: 'sqs' },
    scope: 'worker',
  });
  expect(queue!.value, 'sent, received and deleted').toBeGreaterThanOrEqual(3);
  expect(others).toEqual([]);
  const storage = rest.filter(({ name }) => name === 'cloud.storage');
  expect(storage).toEqual([
    {
      name: 'cloud.storage',
      value: expect.any(Number),
      unit: 'bytes',
      attributes: { service: 'efs', seconds: expect.stringMatching(/^\d+(\.\d+)?$/) },
      scope: 'worker',
    },
  ]);
  expect(storage[0]!.value).toBeGreaterThan(1_000);
});
