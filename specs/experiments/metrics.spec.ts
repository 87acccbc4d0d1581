import { expect, test } from '../../fixtures/index.ts';
import { generatorToken } from '../../helpers/platform/experiments/controller/generator.ts';

test('metrics are 503 while the metrics store is down', async ({ experiments, internals }) => {
  const experiment = await experiments.create({ config: { duration: '30m' } });
  await expect.poll(async () => (await experiment.metrics()).metrics.baseline.time_series_count).toBe(40);

  await internals.clickhouse.client.command({ query: 'RENAME TABLE series TO away' });
  await expect(experiment.metrics()).toBeRefused(503, 'SERVICE_UNAVAILABLE');
  await internals.clickhouse.client.command({ query: 'RENAME TABLE away TO series' });

  // Including the series that could not be written meanwhile.
  await expect.poll(async () => (await experiment.metrics()).metrics.baseline.time_series_count).toBe(40);
});

test('an experiment stays analyzing while the metrics store is down, and completes afterwards', async ({
  experiments,
  internals,
  chaos,
}) => {
  const ending = await experiments.create({ config: { duration: '300ms' } });
  await expect(ending).toReach('running');
  await test.step('everything is written, and before anybody computes anything the store goes away', async () => {
    await chaos.stop('controller');
    await expect
      .poll(() =>
        internals.postgres.query('SELECT ticks_written AS ticks FROM deployments WHERE experiment_id = $1', [
          ending.id,
        ]),
      )
      .toEqual([{ ticks: 6 }, { ticks: 6 }]);
    await internals.clickhouse.client.command({ query: 'RENAME TABLE series TO away' });
    await chaos.start('controller');
  });

  await test.step('the controller gets no answer', async () => {
    await expect(ending).toReach('analyzing');
    // The controller has seen all of them twice.
    await expect(await experiments.create({ config: { duration: '30m' } })).toReach('running');
    expect(await ending.get(), 'an experiment without its metrics store').toMatchObject({
      state: 'analyzing',
      results: null,
    });
  });

  await test.step('with the store there are results', async () => {
    await internals.clickhouse.client.command({ query: 'RENAME TABLE away TO series' });
    await expect(ending).toReach('completed');
    expect(await ending.results()).toMatchObject({ critical_process_coverage: 100 });
  });
});

test('metrics are computed from the stored series', async ({ experiments, internals }) => {
  const experiment = await experiments.create({ config: { duration: '500ms', process_count: 30 } });
  await expect(experiment).toReach('completed');
  const { metrics, comparison } = await experiment.metrics();
  const written = await internals.clickhouse.query<{
    variant: 'baseline' | 'candidate';
    series: number;
    points: number;
    cpu: number;
    processes: string[];
  }>(
    `
    SELECT variant, toUInt32(uniqExact(node, process, metric)) AS series, toUInt32(count()) AS points, sumIf(value, metric = 'process.cpu.utilization') / uniqExact(tick) AS cpu, arraySort(groupUniqArray(process)) AS processes
    FROM series WHERE experiment_id = {id: UUID} GROUP BY variant ORDER BY variant`,
    { id: experiment.id },
  );
  for (const { variant, series, points, cpu, processes } of written) {
    expect(metrics[variant]).toMatchObject({ time_series_count: series, processes });
    expect(metrics[variant].cpu_usage_percent).toBeCloseTo(cpu, 5);
    expect(metrics[variant].samples_per_second).toBeCloseTo(points / 0.5, 5);
  }
  const [baseline, candidate] = written;
  expect(baseline!.points, 'points of five scrapes of thirty processes').toBe(5 * 30 * 2);
  expect(comparison.cardinality_reduction, 'of the same five scrapes').toBeCloseTo(
    (1 - candidate!.points / baseline!.points) * 100,
    5,
  );
  expect((await experiment.results())!.cardinality_reduction).toBeCloseTo(comparison.cardinality_reduction, 1);
});

for (const load_profile of ['high-churn', 'spike'] as const) {
  test(`a candidate identical to the baseline saves nothing: ${load_profile}`, async ({ experiments, updates }) => {
    const experiment = await experiments.create({
      candidate_pipeline: 'process-baseline-v1',
      config: {
        duration: '1s',
        load_profile,
        process_count: 50,
        traffic_split: { baseline_percentage: 90, candidate_percentage: 10 },
      },
    });
    await expect(experiment).toReach('completed');
    expect(await experiment.results()).toMatchObject({ cardinality_reduction: 0, recommendation: 'keep_baseline' });
    expect((await experiment.metrics()).comparison).toEqual({ cardinality_reduction: 0 });
    expect((await updates.waitFor({ type: 'metrics.update', experiment })).data).toMatchObject({
      comparison: { cardinality_reduction: 0 },
    });
  });
}

test('samples per second are relative to the time an experiment has run, for any range and at any moment', async ({
  experiments,
}) => {
  const experiment = await experiments.create({
    config: { duration: '1s', load_profile: 'steady', process_count: 20 },
  });
  await expect(experiment).toReach('completed');
  const rate = async (range?: { start_time: string; end_time: string }) =>
    (await experiment.metrics(range)).metrics.baseline.samples_per_second;
  expect(await rate(), 'two of each of 20 processes, ten times a second').toBe(400);
  expect(await rate({ start_time: '2000-01-01T00:00:00Z', end_time: '2100-01-01T00:00:00Z' }), 'in a century').toBe(
    400,
  );
  await expect(await experiments.create({ config: { duration: '1s' } })).toReach('completed');
  expect(await rate(), 'more than a second later').toBe(400);
});

test("paused time does not count towards an experiment's duration, even if it is cancelled while paused", async ({
  experiments,
  updates,
}) => {
  const experiment = await experiments.create({
    config: { duration: '30m', load_profile: 'steady', process_count: 20 },
  });
  await updates.waitForState(experiment, 'running');
  await expect.poll(async () => (await experiment.metrics()).metrics.baseline.time_series_count, 'series').toBe(40);
  const { transition_time } = await experiment.pause();
  // By then all due series are written.
  await expect(await experiments.create({ config: { duration: '1s' } })).toReach('completed');
  await experiment.cancel();

  const { started_at } = await experiment.get();
  const milliseconds = Date.parse(transition_time) - Date.parse(started_at!);
  const scrapes = Math.floor(Math.floor(milliseconds / 50) / 2);
  expect(
    (await experiment.metrics()).metrics.baseline.samples_per_second,
    `samples per second of ${milliseconds} ms`,
  ).toBeCloseTo((scrapes * 40) / (milliseconds / 1000), 5);
});

test('a scrape written by two agents counts once', async ({
  experiments,
  internals: { clickhouse, postgres },
  chaos,
}) => {
  const experiment = await experiments.create({
    config: { duration: '500ms', load_profile: 'chaos', process_count: 100 },
  });
  await expect(experiment).toReach('running');
  await chaos.stop('controller');
  await expect
    .poll(() =>
      postgres.query('SELECT ticks_written AS ticks FROM deployments WHERE experiment_id = $1', [experiment.id]),
    )
    .toEqual([{ ticks: 10 }, { ticks: 10 }]);
  const range = { start_time: experiment.created!.created_at, end_time: new Date().toISOString() };
  const figures = async () => {
    const {
      metrics: { baseline, candidate },
      comparison,
    } = await experiment.metrics(range);
    return { comparison, baseline: baseline.samples_per_second, candidate: candidate.samples_per_second };
  };
  const before = await figures();
  const [{ rate } = { rate: 0 }] = await clickhouse.query<{ rate: number }>(
    'SELECT sum(errors) / sum(samples) * 100 AS rate FROM scrapes WHERE experiment_id = {id: UUID}',
    { id: experiment.id },
  );

  await clickhouse.client.command({ query: 'SYSTEM STOP MERGES scrapes' }); // a merge would combine the two
  try {
    await clickhouse.client.command({
      query:
        'INSERT INTO scrapes SELECT * FROM scrapes WHERE experiment_id = {id: UUID} ORDER BY errors DESC, variant LIMIT 1',
      query_params: { id: experiment.id },
    });
    expect(await figures(), 'figures with a scrape that was written twice').toEqual(before);
    await chaos.start('controller');
    await expect(experiment).toReach('completed');
    expect((await experiment.results())!.error_rate, 'results with a scrape that was written twice').toBeCloseTo(
      rate,
      1,
    );
  } finally {
    await clickhouse.client.command({ query: 'SYSTEM START MERGES scrapes' });
  }
});

test("a slower candidate's latency is reported, and fails a latency criterion", async ({ experiments, internals }) => {
  const experiment = await experiments.create({
    baseline_pipeline: 'process-topk-v1',
    candidate_pipeline: 'process-baseline-v1',
    config: { duration: '300ms', success_criteria: { max_latency_increase: 50 } },
  });
  await expect(experiment, 'one whose latency increases').toReach('failed');
  const [work] = await internals.clickhouse.query<{ baseline: number; candidate: number }>(
    `
    SELECT sumIf(work, variant = 'baseline') / sumIf(samples, variant = 'baseline') AS baseline, sumIf(work, variant = 'candidate') / sumIf(samples, variant = 'candidate') AS candidate
    FROM scrapes FINAL WHERE experiment_id = {id: UUID}`,
    { id: experiment.id },
  );
  const results = (await experiment.results())!;
  expect(results.latency_increase).toBeCloseTo((work!.candidate / work!.baseline - 1) * 100, 1);
  expect(results).toMatchObject({
    recommendation: 'keep_baseline',
    criteria: [{ criterion: 'max_latency_increase', expected: 50, met: false }],
  });
  expect(results.summary).toContain('misses max_latency_increase');
});

test('a candidate that drops a critical process is reported, and fails a coverage criterion', async ({
  experiments,
}) => {
  const experiment = await experiments.create({
    candidate_pipeline: 'process-priority-filter-v1',
    config: {
      duration: '300ms',
      critical_processes: ['postgres', 'nginx', 'java', 'worker-5'],
      success_criteria: { critical_process_coverage: 80 },
    }, // the last one is of low priority
  });
  await expect(experiment, 'one that drops a critical process').toReach('failed');
  const results = (await experiment.results())!;
  expect(results).toMatchObject({
    critical_process_coverage: 75,
    recommendation: 'keep_baseline',
    criteria: [{ criterion: 'critical_process_coverage', expected: 80, found: 75, met: false }],
  });
  expect(results.summary).toContain('misses critical_process_coverage');
});

test('malformed samples are dropped and counted', async ({ experiments }) => {
  const strict = await experiments.create({
    config: { duration: '500ms', load_profile: 'chaos', process_count: 100, success_criteria: { max_error_rate: 0 } },
  });
  const lenient = await experiments.create({
    config: { duration: '500ms', load_profile: 'chaos', process_count: 100, success_criteria: { max_error_rate: 10 } },
  });
  await expect(strict).toReach('failed');
  await expect(lenient).toReach('completed');
  const { error_rate: rate } = (await lenient.results())!;
  expect(rate).toBeGreaterThan(0);
  expect(rate).toBeLessThan(10);
});

test('a range that ends before it begins is 400', async ({ experiments }) => {
  const experiment = await experiments.create();
  await expect(experiment.metrics({ start_time: '2030-01-01T00:00:00Z' })).toBeRefused(400, 'VALIDATION_ERROR');
  await expect(experiment.metrics({ start_time: 'yesterday' })).toBeRefused(400, 'VALIDATION_ERROR');
});

test('the config generator refuses an unknown pipeline', async ({ internals, platform, tenant }) => {
  const token = generatorToken(platform.secret);
  const body = {
    experiment_id: '00000000-0000-4000-8000-000000000000',
    baseline_pipeline: 'process-baseline-v1',
    candidate_pipeline: 'process-topk-v2',
    target_hosts: ['a'],
    variables: {},
    duration: '30m',
  };
  const generate = (changed: object) =>
    tenant.experiments.send(`${internals.generatorUrl}/api/v1/generate`, {
      method: 'POST',
      token,
      body: { ...body, ...changed },
    });
  expect(await generate({}), 'an unknown pipeline').toMatchObject({
    status: 400,
    body: { error: { code: 'VALIDATION_ERROR', details: { field_errors: [{ field: 'candidate_pipeline' }] } } },
  });
  expect(await generate({ candidate_pipeline: 'process-topk-v1' })).toMatchObject({
    status: 200,
    body: {
      experiment_id: body.experiment_id,
      baseline_config: expect.stringContaining('hostmetrics'),
      candidate_config: expect.stringContaining('topk'),
    },
  });
  expect(await tenant.experiments.send(`${internals.generatorUrl}/api/v1/templates`, { token })).toMatchObject({
    status: 200,
    body: { templates: expect.arrayContaining([expect.objectContaining({ id: 'process-adaptive-filter-v1' })]) },
  });
});
