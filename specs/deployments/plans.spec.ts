import { randomUUID } from 'node:crypto';
import { expect, test } from '../../fixtures/index.ts';
import { task } from '../../helpers/clients/probe-files.ts';

test('plans of two deployments for the same address do not mix: plan A, plan B, apply A, apply B', async ({
  createDeployment,
}) => {
  const [a, b] = [
    await createDeployment({ config: { marker: 'a' }, resources: [task('task', { input: 'of a' })] }),
    await createDeployment({ config: { marker: 'b' }, resources: [task('task', { input: 'of b' })] }),
  ];
  const [planA, planB] = [await a.plan(), await b.plan()];
  for (const plan of [planA, planB])
    expect(plan.changes).toMatchObject([{ action: 'create', before: null, after: { pid: '(known after apply)' } }]);
  expect(
    [a, b].map(({ files }) => files.ledger()),
    'plans change nothing',
  ).toEqual([[], []]);

  for (const [deployment, plan, marker] of [
    [a, planA, 'a'],
    [b, planB, 'b'],
  ] as const) {
    const key = plan.changes[0]!.after!['idempotency_key'];
    const { task: applied } = await deployment.apply({ plan }).result;
    expect(applied).toMatchObject({ input: `of ${marker}`, marker_at_end: marker, idempotency_key: key });
    expect(deployment.files.ledger()).toMatchObject([{ key, marker }]);
  }
});

test('a plan is refused by another deployment', async ({ createDeployment, deployment }) => {
  const other = await createDeployment();
  const plan = await deployment.plan();
  await expect(other.apply({ plan }).accepted).toBeRefused(404, 'NOT_FOUND');
  await expect(other.call(`/plans/${plan.id}`)).toBeRefused(404, 'NOT_FOUND');
  expect(await deployment.call(`/plans/${plan.id}`)).toEqual(plan);
  await expect(deployment.apply({ plan: randomUUID() }).accepted).toBeRefused(404, 'NOT_FOUND');
});

test('a plan is refused once the state or the wish has changed', async ({ createDeployment }) => {
  const deployment = await createDeployment();
  const plan = await deployment.plan();
  await deployment.apply().result;
  await expect(deployment.apply({ plan }).accepted, 'after an apply').toBeRefused(409, 'CONFLICT');

  const next = await deployment.plan();
  await deployment.change({ resources: [task('task', { input: 'new' })] });
  await expect(deployment.apply({ plan: next }).accepted, 'after a change').toBeRefused(409, 'CONFLICT');
  expect(deployment.files.existing()).toEqual(['task']);
});

test('of two applies of one plan that are sent at once, one is applied', async ({ createDeployment }) => {
  const deployment = await createDeployment();
  const plan = await deployment.plan();
  const applies = [deployment.apply({ plan }), deployment.apply({ plan })];
  const outcomes = await Promise.allSettled(applies.map(({ result }) => result));
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(outcomes.find((outcome) => outcome.status === 'rejected')!.reason).toMatchObject({
    code: expect.stringMatching(/^(STALE_PLAN|CONFLICT)$/),
  });
  expect(deployment.files.existing()).toEqual(['task']);
});
