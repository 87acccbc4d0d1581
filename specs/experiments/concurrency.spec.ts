import { expect, test } from '../../fixtures/index.ts';

test('five concurrent experiments keep their metrics apart', async ({ experiments }) => {
  const nodes = Array.from({ length: 5 }, (_, number) => `concurrent-${number}`);
  const created = await test.step('create five at the same time', () =>
    Promise.all(
      nodes.map((node, number) =>
        experiments.create({
          name: `concurrent-exp-${number}`,
          target_nodes: [node],
          config: { duration: '30m', process_count: 10 + number },
        }),
      ),
    ));

  await test.step('all run at the same time', async () => {
    for (const experiment of created) await expect(experiment).toReach('running');
    const running = (await experiments.list({ state: ['running'] })).experiments.map(({ id }) => id);
    expect(running.toSorted(), 'the experiments that run').toEqual(created.map(({ id }) => id).toSorted());
  });

  await test.step('each has series of its own node and of all its processes, and no others', async () => {
    for (const [number, experiment] of created.entries()) {
      const variants = async () => {
        const {
          metrics: { baseline, candidate },
        } = await experiment.metrics();
        return { baseline: { nodes: baseline.nodes, series: baseline.time_series_count }, candidate: candidate.nodes };
      };
      await expect
        .poll(variants, 'its own series and no others')
        .toEqual({ baseline: { nodes: [nodes[number]], series: 2 * (10 + number) }, candidate: [nodes[number]] });
    }
  });
});

test("experiments beyond the tenant's limit queue and start in order", async ({ createTenant }) => {
  const tenant = createTenant();
  const updates = await tenant.updates();
  const created = await test.step('create three more than may be at work', async () => {
    const experiments = [];
    for (let number = 0; number < 13; number++)
      experiments.push(await tenant.experiments.create({ config: { duration: '30m', process_count: 1 } }));
    return experiments;
  });

  await test.step('ten are at work, the others wait', async () => {
    await updates.waitForState(created[9]!, 'running', 20_000);
    const waiting = (await tenant.experiments.list({ state: ['pending'] })).experiments.map(({ id }) => id);
    expect(waiting.toSorted(), 'the experiments that wait').toEqual(
      created
        .slice(10)
        .map(({ id }) => id)
        .toSorted(),
    );
  });

  await test.step('each that ends makes room for the next', async () => {
    for (let ended = 0; ended < 3; ended++) {
      await created[ended]!.cancel();
      await updates.waitForState(created[10 + ended]!, 'initializing', 20_000);
    }
  });

  const begun = updates.events
    .filter(({ data }) => data['current_state'] === 'initializing')
    .map(({ data }) => data['experiment_id']);
  expect(begun, 'the order in which they began').toEqual(created.map(({ id }) => id));
  let atWork = 0;
  let most = 0;
  for (const { data } of updates.events) {
    if (data['current_state'] === 'initializing') most = Math.max(most, ++atWork);
    if (data['current_state'] === 'cancelled') atWork--;
  }
  expect(most, 'experiments at work at a time').toBe(10);
});

test("starting experiments by hand does not exceed the tenant's limit", async ({ createTenant, chaos }) => {
  const { experiments } = createTenant();
  const create = (count: number) =>
    Promise.all(
      Array.from({ length: count }, () => experiments.create({ config: { duration: '30m', process_count: 1 } })),
    );
  const atWork = await create(9);
  for (const experiment of atWork) await expect(experiment).toReach('running');
  chaos.freeze('controller');
  const waiting = await create(5);

  await test.step('of those that are started at once, one gets the place that there is', async () => {
    const answers = await Promise.allSettled(waiting.map((experiment) => experiment.start()));
    expect(
      answers.filter(({ status }) => status === 'fulfilled'),
      'that were started',
    ).toHaveLength(1);
    const refusals = answers
      .filter((answer) => answer.status === 'rejected')
      .map(({ reason }) => reason as { status: number; code: string });
    expect(refusals.map(({ status, code }) => ({ status, code }))).toEqual(
      Array.from({ length: 4 }, () => ({ status: 409, code: 'CONFLICT' })),
    );
  });

  await test.step('the controller leaves it at that, and gives the next place away once', async () => {
    chaos.thaw('controller');
    await Promise.allSettled([atWork[0]!.cancel(), ...waiting.map((experiment) => experiment.start())]);
    const isAtWork = async () => (await experiments.list({ state: ['initializing', 'running'] }))._meta.total_count;
    await expect.poll(isAtWork, 'experiments at work').toBe(10);
    // The controller has seen all.
    await expect(await createTenant().experiments.create({ config: { duration: '300ms' } })).toReach('completed');
    expect(await isAtWork(), 'experiments at work').toBe(10);
  });
});

test("an overloaded tenant does not delay another tenant's experiment", async ({ createTenant, chaos }) => {
  await chaos.stop('agent-2'); // so that one agent has both
  const nodes = Array.from({ length: 100 }, (_, number) => `large-${number}`);
  const large = await createTenant().experiments.create({
    target_nodes: nodes,
    config: { duration: '30m', process_count: 1000 },
  });
  await expect(large).toReach('running');

  const small = await createTenant().experiments.create({ config: { duration: '500ms' } });
  await expect(small, 'one beside a large one').toReach('completed');
  expect(await large.get(), 'the large one').toMatchObject({ state: 'running' });
  await expect
    .poll(async () => (await large.metrics()).metrics.baseline.time_series_count, {
      message: 'series of 100,000 processes',
      timeout: 15_000,
    })
    .toBe(200_000);
});

test('locked experiments do not delay others and end once they are unlocked', async ({
  createTenant,
  chaos,
  internals: { postgres },
}) => {
  const [ana, ben] = [createTenant('ana'), createTenant('ben')];
  const running = await ana.experiments.create({ config: { duration: '1s' } });
  await expect(running).toReach('running');
  chaos.freeze('controller');
  const pending = await ana.experiments.create({ config: { duration: '300ms' } });
  const holder = await postgres.pool.connect();
  try {
    await holder.query('BEGIN');
    await holder.query('SELECT FROM experiments WHERE id = ANY ($1) FOR UPDATE', [[running.id, pending.id]]);
    chaos.thaw('controller');
    await Promise.all(
      [ana, ben].map(async ({ experiments }) =>
        expect(await experiments.create({ config: { duration: '300ms' } })).toReach('completed'),
      ),
    );
    expect([await running.get(), await pending.get()], 'those that are held').toMatchObject([
      { state: 'running' },
      { state: 'pending' },
    ]);
  } finally {
    await holder.query('ROLLBACK');
    holder.release();
  }
  await Promise.all([expect(running).toReach('completed'), expect(pending).toReach('completed')]);
});
