import { expect, test } from '../../fixtures/index.ts';
import type { Internals } from '../../fixtures/platform.ts';
import { generatorToken } from '../../helpers/platform/experiments/controller/generator.ts';

const onlyCritical = [{ type: 'filter', config: { include_patterns: ['postgres', 'nginx'] } }];

test('a new configuration reaches a running pipeline without a restart', async ({ experiments, updates, inside }) => {
  const experiment = await test.step('start an experiment and let it collect series', async () => {
    const created = await experiments.create({
      candidate_pipeline: 'process-aggregated-v1',
      config: { duration: '30m', process_count: 50 },
    });
    await updates.waitForState(created, 'running');
    await expect.poll(async () => (await created.metrics()).metrics.baseline.time_series_count).toBe(100);
    await expect
      .poll(
        async () => (await created.metrics()).metrics.candidate.time_series_count,
        'more than the candidate will keep',
      )
      .toBeGreaterThan(4);
    return created;
  });
  const before = await experiment.metrics();
  const deployed = await experiment.deployments();
  const agents = ({ supervisor }: Internals) =>
    ['agent-1', 'agent-2'].map((name) => supervisor.process(name)).map(({ pid, starts }) => ({ pid, starts }));
  let processes: ReturnType<typeof agents> = [];
  await inside('note which processes the agents are', (internals) => {
    processes = agents(internals);
  });

  await test.step('change what the candidate keeps', async () => {
    expect(await experiment.changePipeline({ processors: onlyCritical })).toMatchObject({
      variant: 'candidate',
      version: 2,
    });
    await expect
      .poll(
        async () => (await experiment.deployments()).map(({ applied_version }) => applied_version),
        'the versions that run',
      )
      .toEqual([1, 2]);
    expect((await experiment.configurations()).candidate_config).toContain('nginx');
  });

  await test.step("the candidate's series drop to what was asked for, the baseline's stay", async () => {
    const changed = new Date().toISOString();
    await expect
      .poll(async () => {
        const { baseline, candidate } = (await experiment.metrics({ start_time: changed })).metrics;
        return { baseline: baseline.time_series_count, candidate: candidate.processes };
      }, 'what each variant keeps after the change')
      .toEqual({ baseline: before.metrics.baseline.time_series_count, candidate: ['nginx', 'postgres'] });
  });

  await test.step('nothing was restarted or interrupted', async () => {
    expect(await experiment.get()).toMatchObject({ state: 'running' });
    expect(updates.states(experiment)).toEqual(['pending', 'initializing', 'running']);
    const identity = ({ variant, agent, deployed_at }: (typeof deployed)[number]) => ({ variant, agent, deployed_at });
    expect((await experiment.deployments()).map(identity)).toEqual(deployed.map(identity));
  });
  await inside('nor was an agent', (internals) => expect(agents(internals)).toEqual(processes));
});

test('an invalid configuration is refused by gateway and generator, and the old one stays in use', async ({
  experiments,
  updates,
  internals,
  platform,
}) => {
  const experiment = await experiments.create({ config: { duration: '30m' } });
  await updates.waitForState(experiment, 'running');
  const generate = (candidate: readonly unknown[]) =>
    experiments.send(`${internals.generatorUrl}/api/v1/generate`, {
      method: 'POST',
      token: generatorToken(platform.secret),
      body: {
        experiment_id: experiment.id,
        baseline_pipeline: 'process-baseline-v1',
        candidate_pipeline: 'process-topk-v1',
        target_hosts: ['a'],
        variables: {},
        duration: '30m',
        processors: { candidate },
      },
    });
  const refusals = [
    [
      { type: 'teleport', config: {} },
      'processors[0].type: unknown processor type "teleport", known are filter, aggregate, topk, adaptive',
    ],
    [
      { type: 'filter', config: { include_patterns: 'postgres' } },
      'processors[0].config.include_patterns: expected a list of texts',
    ],
    [
      { type: 'filter', config: { include_patterns: ['postgres', '${HOME}*'] } },
      'processors[0].config.include_patterns[1]: unknown variable "HOME"',
    ],
    [
      { type: 'filter', config: { include_patterns: ['null\u0000'] } },
      'processors[0].config.include_patterns: expected a list of texts',
    ],
  ] as const;
  for (const [processor, message] of refusals) {
    const refusal = (field: string) => ({
      status: 400,
      body: { error: { code: 'VALIDATION_ERROR', details: { field_errors: [{ field, message }] } } },
    });
    await expect(experiment.changePipeline({ processors: [processor] })).rejects.toMatchObject(refusal('processors'));
    expect(await generate([processor])).toMatchObject(refusal('processors.candidate'));
  }
  expect((await experiment.deployments()).map(({ version, applied_version }) => [version, applied_version])).toEqual([
    [1, 1],
    [1, 1],
  ]);
});
