import { expect, test } from '../../fixtures/index.ts';
import type { Experiment, ExperimentsClient, UpdatesClient } from '../../helpers/clients/index.ts';
import type { StateChange } from '../../helpers/platform/experiments/contract.ts';

test('an experiment runs from creation to recommendation', async ({ experiments, updates }) => {
  const experiment = await test.step('create an experiment through the gateway', () =>
    experiments.create({
      name: 'integration-test-exp',
      baseline_pipeline: 'process-baseline-v1',
      candidate_pipeline: 'process-aggregated-v1',
      config: {
        duration: '1500ms',
        load_profile: 'realistic',
        process_count: 100,
        traffic_split: { baseline_percentage: 50, candidate_percentage: 50 },
        success_criteria: { min_cardinality_reduction: 30, max_latency_increase: 10, critical_process_coverage: 95 },
      },
    }));

  await test.step('it is initialized: both configurations are generated and both pipelines deployed', async () => {
    await updates.waitForState(experiment, 'initializing');
    await updates.waitForState(experiment, 'running');
    const { baseline_config, candidate_config } = await experiment.configurations();
    expect(baseline_config).toContain(experiment.id);
    expect(baseline_config).not.toContain('aggregate');
    expect(candidate_config).toContain('aggregate');
    const { target_nodes: nodes } = await experiment.get();
    expect(await experiment.deployments()).toMatchObject([
      { variant: 'baseline', pipeline: 'process-baseline-v1', nodes, version: 1, applied_version: 1 },
      { variant: 'candidate', pipeline: 'process-aggregated-v1', nodes, version: 1, applied_version: 1 },
    ]);
  });

  await test.step('under load, both pipelines report series', async () => {
    await expect
      .poll(
        async () => (await experiment.metrics()).metrics.baseline.time_series_count,
        'two series for each of 100 processes',
      )
      .toBe(200);
    await expect
      .poll(
        async () => (await experiment.metrics()).metrics.candidate.time_series_count,
        'those that the candidate keeps',
      )
      .toBeGreaterThan(0); // written by an agent, a little later
  });

  await test.step('it is analyzed and completed, and has passed through every state once', async () => {
    await expect(experiment).toReach('completed');
    await updates.waitForState(experiment, 'completed');
    expect(updates.states(experiment)).toEqual(['pending', 'initializing', 'running', 'analyzing', 'completed']);
  });

  await test.step('the results say what to do, and why', async () => {
    const results = await experiment.results();
    expect(results).toMatchObject({ recommendation: 'adopt_candidate', critical_process_coverage: 100, error_rate: 0 });
    expect(results!.cardinality_reduction).toBeGreaterThanOrEqual(30);
    expect(
      results!.criteria.map(({ criterion, met }) => [criterion, met]),
      'the criteria that were judged',
    ).toEqual([
      ['min_cardinality_reduction', true],
      ['max_latency_increase', true],
      ['critical_process_coverage', true],
    ]);
  });
});

test('a load that is changed while an experiment runs is what its pipelines report', async ({
  experiments,
  updates,
}) => {
  const experiment = await experiments.create({ config: { duration: '30m', process_count: 50 } });
  await updates.waitForState(experiment, 'running');
  const seriesOf = async (variant: 'baseline' | 'candidate') =>
    (await experiment.metrics()).metrics[variant].time_series_count;
  await expect.poll(() => seriesOf('baseline'), 'two series for each of 50 processes').toBe(100);
  const before = await seriesOf('candidate');
  expect(await experiment.simulate({ profile: 'realistic', process_count: 100 })).toEqual({
    profile: 'realistic',
    process_count: 100,
  });
  await expect.poll(() => seriesOf('baseline'), 'two series for each of 100 processes').toBe(200);
  await expect.poll(() => seriesOf('candidate'), 'those that the candidate keeps').toBeGreaterThan(before);
  expect(await experiment.get()).toMatchObject({
    state: 'running',
    load: { profile: 'realistic', process_count: 100 },
  });
});

const promises = [
  { pipeline: 'process-baseline-v1', from: 0, to: 0, recommendation: 'keep_baseline' },
  { pipeline: 'process-aggregated-v1', from: 30, to: 50, recommendation: 'adopt_candidate' },
  { pipeline: 'process-priority-filter-v1', from: 40, to: 60, recommendation: 'adopt_candidate' },
  { pipeline: 'process-topk-v1', from: 60, to: 80, recommendation: 'adopt_candidate' },
  { pipeline: 'process-adaptive-filter-v1', from: 70, to: 90, recommendation: 'adopt_candidate' },
] as const;

for (const { pipeline, from, to, recommendation } of promises) {
  test(`${pipeline} saves ${from} to ${to} % of series, as it promises`, async ({ experiments }) => {
    const experiment = await experiments.create({
      candidate_pipeline: pipeline,
      config: { duration: '300ms', process_count: 50 },
    });
    await expect(experiment).toReach('completed');
    const results = await experiment.results();
    expect(results).toMatchObject({ recommendation, critical_process_coverage: 100 });
    expect(results!.cardinality_reduction).toBeGreaterThanOrEqual(from);
    expect(results!.cardinality_reduction).toBeLessThanOrEqual(to);
  });
}

test('a candidate that misses a criterion fails, and the results name the criterion', async ({
  experiments,
  updates,
}) => {
  const experiment = await experiments.create({
    config: { duration: '300ms', success_criteria: { min_cardinality_reduction: 95 } },
  });
  await expect(experiment).toReach('failed');
  const results = await experiment.results();
  expect(results).toMatchObject({
    recommendation: 'keep_baseline',
    criteria: [{ criterion: 'min_cardinality_reduction', expected: 95, met: false }],
  });
  expect(results!.summary).toContain('misses min_cardinality_reduction');
  expect(await updates.waitFor({ type: 'alert.triggered', experiment })).toMatchObject({
    data: { severity: 'warning', title: 'Experiment failed' },
  });
});

test('an experiment is stored exactly as it was requested', async ({ experiments }) => {
  const config = {
    duration: '2s',
    load_profile: 'steady',
    process_count: 7,
    critical_processes: ['postgres'],
    traffic_split: { baseline_percentage: 70, candidate_percentage: 30 },
    success_criteria: { max_error_rate: 5 },
  } as const;
  const before = Date.now();
  const experiment = await experiments.create({
    name: 'kept as it is',
    description: 'every word',
    config: { ...config, critical_processes: ['postgres'] },
  });
  const found = await experiment.get();
  expect(found, 'what was asked for').toMatchObject({
    name: 'kept as it is',
    description: 'every word',
    config,
    load: { profile: 'steady', process_count: 7 },
  });
  expect(Date.parse(found.created_at), 'when it was created').toBeGreaterThanOrEqual(before);
  expect(Date.parse(found.created_at)).toBeLessThanOrEqual(Date.now());
  expect(Date.parse(experiment.created!.estimated_completion) - Date.parse(found.created_at)).toBe(2000);
});

test('scrapes are split between variants as requested', async ({ experiments, internals }) => {
  const experiment = await experiments.create({
    candidate_pipeline: 'process-baseline-v1',
    config: { duration: '1s', traffic_split: { baseline_percentage: 70, candidate_percentage: 30 } },
  });
  await expect(experiment).toReach('completed');
  const scrapes = await internals.clickhouse.query<{ variant: string; count: number }>(
    'SELECT variant, toUInt32(count()) AS count FROM scrapes FINAL WHERE experiment_id = {id: UUID} GROUP BY variant ORDER BY variant',
    { id: experiment.id },
  );
  expect(scrapes, 'scrapes of each variant').toEqual([
    { variant: 'baseline', count: 14 },
    { variant: 'candidate', count: 6 },
  ]);
  const {
    metrics: { baseline, candidate },
  } = await experiment.metrics();
  expect(
    baseline.samples_per_second / candidate.samples_per_second,
    'samples of the one for each of the other',
  ).toBeCloseTo(14 / 6, 5);
});

test('a paused experiment makes no progress until it is resumed', async ({ experiments, updates }) => {
  const { experiment, answer } = await pausedExperiment(experiments, updates);
  expect(answer).toMatchObject({ previous_state: 'running', current_state: 'running' });
  expect(await experiment.get()).toMatchObject({ state: 'running', paused: true });
  const {
    time_range: { end: paused },
  } = await experiment.metrics();

  const {
    config: { duration },
  } = await experiment.get();
  const other = await experiments.create({ config: { duration } }); // longer than what is left of the first
  await expect(other).toReach('completed');
  expect(await experiment.get()).toMatchObject({ state: 'running', paused: true });
  expect(
    (await experiment.metrics({ start_time: paused })).metrics.baseline.time_series_count,
    'series of a paused experiment',
  ).toBe(0);

  await experiment.resume();
  expect(await experiment.get()).toMatchObject({ paused: false });
  await expect(experiment).toReach('completed');
});

test('a cancelled experiment stops and frees its nodes', async ({ experiments, updates }) => {
  const experiment = await experiments.create({ config: { duration: '30m' } });
  await updates.waitForState(experiment, 'running');
  expect(await experiment.cancel('no longer needed'), 'what a cancelled experiment becomes').toMatchObject({
    id: experiment.id,
    previous_state: 'running',
    current_state: 'cancelled',
  });
  expect(await updates.waitForState(experiment, 'cancelled')).toMatchObject({ data: { reason: 'no longer needed' } });
  expect(await experiment.get()).toMatchObject({ state: 'cancelled', completed_at: expect.any(String) });

  const { target_nodes } = await experiment.get();
  await expect(await experiments.create({ target_nodes, config: { duration: '300ms' } })).toReach('completed');
});

/** An experiment that is paused before its end; retried with twice the duration on a slow machine. */
async function pausedExperiment(
  experiments: ExperimentsClient,
  updates: UpdatesClient,
  duration = 1000,
): Promise<{ experiment: Experiment; answer: StateChange }> {
  const experiment = await experiments.create({ config: { duration: `${duration}ms` } });
  await updates.waitForState(experiment, 'running');
  try {
    return { experiment, answer: await experiment.pause('lunch') };
  } catch (error) {
    if ((await experiment.get()).state === 'running') throw error;
    return pausedExperiment(experiments, updates, 2 * duration);
  }
}
