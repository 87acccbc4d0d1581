import { expect, test } from '../../fixtures/index.ts';

test('five experiments at once do not touch each other\'s metrics', async ({ experiments }) => {
  const nodes = Array.from({ length: 5 }, (_, number) => `concurrent-${number}`);
  const created = await test.step('create five at the same time', () => Promise.all(
    nodes.map((node, number) => experiments.create({ name: `concurrent-exp-${number}`, target_nodes: [node], config: { duration: '30m', process_count: 10 + number } })),
  ));

  await test.step('all run at the same time', async () => {
    for (const experiment of created) await expect(experiment).toReach('running');
    const running = (await experiments.list({ state: ['running'] })).experiments.map(({ id }) => id);
    expect(running.toSorted(), 'the experiments that run').toEqual(created.map(({ id }) => id).toSorted());
  });

  await test.step('each has series of its own node and of all its processes, and no others', async () => {
    for (const [number, experiment] of created.entries()) {
      const variants = async () => {
        const { metrics: { baseline, candidate } } = await experiment.metrics();
        return { baseline: { nodes: baseline.nodes, series: baseline.time_series_count }, candidate: candidate.nodes };
      };
      await expect.poll(variants, 'its own series and no others').toEqual({ baseline: { nodes: [nodes[number]], series: 2 * (10 + number) }, candidate: [nodes[number]] });
    }
  });
});

test('a tenant\'s experiments beyond the limit wait for their turn, in order', async ({ createTenant }) => {
  const tenant = createTenant();
  const updates = await tenant.updates();
  const created = await test.step('create three more than may be at work', async () => {
    const experiments = [];
    for (let number = 0; number < 13; number++) experiments.push(await tenant.experiments.create({ config: { duration: '30m', process_count: 1 } }));
    return experiments;
  });

  await test.step('ten are at work, the others wait', async () => {
    await updates.waitForState(created[9]!, 'running', 20_000);
    const waiting = (await tenant.experiments.list({ state: ['pending'] })).experiments.map(({ id }) => id);
    expect(waiting.toSorted()).toEqual(created.slice(10).map(({ id }) => id).toSorted());
  });

  await test.step('each that ends makes room for the next', async () => {
    for (let ended = 0; ended < 3; ended++) {
      await created[ended]!.cancel();
      await updates.waitForState(created[10 + ended]!, 'initializing', 20_000);
    }
  });

  const begun = updates.events.filter(({ data }) => data['current_state'] === 'initializing').map(({ data }) => data['experiment_id']);
  expect(begun, 'the order in which they began').toEqual(created.map(({ id }) => id));
  let atWork = 0;
  let most = 0;
  for (const { data } of updates.events) {
    if (data['current_state'] === 'initializing') most = Math.max(most, ++atWork);
    if (data['current_state'] === 'cancelled') atWork--;
  }
  expect(most, 'experiments at work at a time').toBe(10);
});
