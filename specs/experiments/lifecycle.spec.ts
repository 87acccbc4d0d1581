import { expect, test } from '../../fixtures/index.ts';

test('an experiment goes from its creation to a recommendation', async ({ experiments, updates, internals }) => {
  const experiment = await test.step('create an experiment through the gateway', () => experiments.create({
    name: 'integration-test-exp',
    target_nodes: ['node1', 'node2'],
    config: {
      duration: '1500ms',
      process_count: 50,
      traffic_split: { baseline_percentage: 50, candidate_percentage: 50 },
      success_criteria: { min_cardinality_reduction: 30, max_latency_increase: 10, critical_process_coverage: 95 },
    },
  }));

  await test.step('the configurations are generated and both pipelines are deployed', async () => {
    await updates.waitForState(experiment, 'running');
    const { baseline_config, candidate_config } = await experiment.configurations();
    expect(baseline_config).toContain(experiment.id);
    expect(candidate_config).toContain('aggregate');
    expect((await experiment.deployments()).map(({ variant, nodes }) => ({ variant, nodes }))).toEqual([
      { variant: 'baseline', nodes: ['node1', 'node2'] },
      { variant: 'candidate', nodes: ['node1', 'node2'] },
    ]);
  });

  await test.step('under load, both pipelines report series', async () => {
    await experiment.simulate({ profile: 'realistic', process_count: 100 });
    await expect.poll(async () => (await experiment.metrics()).metrics.baseline.time_series_count, 'series of 100 processes on 2 nodes').toBe(400);
    expect((await experiment.metrics()).metrics.candidate.time_series_count).toBeGreaterThan(0);
  });

  await test.step('it is analyzed and completed', async () => {
    await expect(experiment).toReach('completed');
    expect(updates.states(experiment)).toEqual(['pending', 'initializing', 'running', 'analyzing', 'completed']);
  });

  await test.step('the results say what to do, and why', async () => {
    const results = await experiment.results();
    expect(results).toMatchObject({ recommendation: 'adopt_candidate', critical_process_coverage: 100 });
    expect(results!.cardinality_reduction).toBeGreaterThanOrEqual(30);
    await expect(internals.postgres).toHaveRow('experiments', { id: experiment.id, state: 'completed' });
  });
});
