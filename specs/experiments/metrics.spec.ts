import { expect, test } from '../../fixtures/index.ts';

test('without its metrics store the platform says so, and gives no figures', async ({ experiments, internals }) => {
  const experiment = await experiments.create({ config: { duration: '30m' } });
  await expect.poll(async () => (await experiment.metrics()).metrics.baseline.time_series_count).toBe(40);

  await internals.clickhouse.client.command({ query: 'RENAME TABLE series TO away' });
  await expect(experiment.metrics()).toBeRefused(503, 'SERVICE_UNAVAILABLE');
  await internals.clickhouse.client.command({ query: 'RENAME TABLE away TO series' });

  // With the series that could not be written meanwhile.
  await expect.poll(async () => (await experiment.metrics()).metrics.baseline.time_series_count).toBe(40);
});

test('without its metrics store an experiment has no results, and waits for them', async ({ experiments, internals, chaos }) => {
  const ending = await experiments.create({ config: { duration: '300ms' } });
  await expect(ending).toReach('running');
  await test.step('everything is written, and before anybody computes anything the store goes away', async () => {
    await chaos.stop('controller');
    await expect.poll(() => internals.postgres.query('SELECT ticks_written AS ticks FROM deployments WHERE experiment_id = $1', [ending.id])).toEqual([{ ticks: 6 }, { ticks: 6 }]);
    await internals.clickhouse.client.command({ query: 'RENAME TABLE series TO away' });
    await chaos.start('controller');
  });

  await test.step('the controller gets no answer', async () => {
    await expect(ending).toReach('analyzing');
    await expect(await experiments.create({ config: { duration: '30m' } })).toReach('running'); // it has looked at all of them twice
    expect(await ending.get(), 'an experiment without its metrics store').toMatchObject({ state: 'analyzing', results: null });
  });

  await test.step('with the store there are results', async () => {
    await internals.clickhouse.client.command({ query: 'RENAME TABLE away TO series' });
    await expect(ending).toReach('completed');
    expect(await ending.results()).toMatchObject({ critical_process_coverage: 100 });
  });
});

test('figures are those of the series that were written', async ({ experiments, internals }) => {
  const experiment = await experiments.create({ config: { duration: '500ms', process_count: 30 } });
  await expect(experiment).toReach('completed');
  const { metrics, comparison } = await experiment.metrics();
  const written = await internals.clickhouse.query<{ variant: 'baseline' | 'candidate'; series: number; cpu: number; processes: string[] }>(`
    SELECT variant, toUInt32(uniqExact(node, process, metric)) AS series, sumIf(value, metric = 'process.cpu.utilization') / uniqExact(tick) AS cpu, arraySort(groupUniqArray(process)) AS processes
    FROM series WHERE experiment_id = {id: UUID} GROUP BY variant ORDER BY variant`, { id: experiment.id });
  for (const { variant, series, cpu, processes } of written) {
    expect(metrics[variant]).toMatchObject({ time_series_count: series, processes });
    expect(metrics[variant].cpu_usage_percent).toBeCloseTo(cpu, 5);
  }
  const [baseline, candidate] = written;
  expect(comparison.cardinality_reduction).toBeCloseTo((1 - candidate!.series / baseline!.series) * 100, 5);
  expect((await experiment.results())!.cardinality_reduction).toBeCloseTo(comparison.cardinality_reduction, 1);
});

test('malformed samples are dropped and counted', async ({ experiments }) => {
  const strict = await experiments.create({ config: { duration: '500ms', load_profile: 'chaos', process_count: 100, success_criteria: { max_error_rate: 0 } } });
  const lenient = await experiments.create({ config: { duration: '500ms', load_profile: 'chaos', process_count: 100, success_criteria: { max_error_rate: 10 } } });
  await expect(strict).toReach('failed');
  await expect(lenient).toReach('completed');
  const { error_rate: rate } = (await lenient.results())!;
  expect(rate).toBeGreaterThan(0);
  expect(rate).toBeLessThan(10);
});

test('a range that ends before it begins is refused', async ({ experiments }) => {
  const experiment = await experiments.create();
  await expect(experiment.metrics({ start_time: '2030-01-01T00:00:00Z' })).toBeRefused(400, 'VALIDATION_ERROR');
  await expect(experiment.metrics({ start_time: 'yesterday' })).toBeRefused(400, 'VALIDATION_ERROR');
});

test('the config generator refuses a pipeline that there is not', async ({ internals, tenant }) => {
  const body = { experiment_id: '00000000-0000-4000-8000-000000000000', baseline_pipeline: 'process-baseline-v1', candidate_pipeline: 'process-topk-v2', target_hosts: ['a'], variables: {}, duration: '30m' };
  const generate = (changed: object) => tenant.experiments.send(`${internals.generatorUrl}/api/v1/generate`, { method: 'POST', body: { ...body, ...changed } });
  expect(await generate({}), 'a pipeline that there is not').toMatchObject({ status: 400, body: { error: { code: 'VALIDATION_ERROR', details: { field_errors: [{ field: 'candidate_pipeline' }] } } } });
  expect(await generate({ candidate_pipeline: 'process-topk-v1' })).toMatchObject({ status: 200, body: { experiment_id: body.experiment_id, baseline_config: expect.stringContaining('hostmetrics'), candidate_config: expect.stringContaining('topk') } });
  expect(await tenant.experiments.send(`${internals.generatorUrl}/api/v1/templates`)).toMatchObject({ status: 200, body: { templates: expect.arrayContaining([expect.objectContaining({ id: 'process-adaptive-filter-v1' })]) } });
});
