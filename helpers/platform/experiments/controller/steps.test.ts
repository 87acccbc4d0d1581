import { withFault } from '../../../faults/inject.ts';
import { expect, test } from '../../../testing/index.ts';
import type { Selection } from '../metrics/store.ts';
import { judge } from '../metrics/verdict.ts';
import type { StoredExperiment } from '../store/experiment-reader.ts';
import type { StoredDeployment } from '../store/pipeline-deployments.ts';
import type { StepContext } from './context.ts';
import { ConfigurationRefused, type GenerationRequest } from './generator.ts';
import { controllerParts } from './parts.ts';
import { type Steps } from './steps.ts';

const now = new Date('2026-01-01T12:00:00Z');
const patience = 30_000;
const before = (milliseconds: number): Date => new Date(now.getTime() - milliseconds);
const [within, beyond] = [before(patience - 1), before(patience)];

type Few = Partial<StoredDeployment>;
const [baseline, candidate]: [Few, Few] = [{ variant: 'baseline' }, { variant: 'candidate' }].map((one) => ({
  ...one,
  experiment: 'e-1',
  applied_version: 1,
  complaint: null,
  wanted_processors: null,
  ticks_written: 20,
})) as [Few, Few];

const kpis = { cardinalityReduction: 40, latencyIncrease: 0, errorRate: 0, criticalProcessCoverage: 100 };

interface Situation extends Partial<StoredExperiment> {
  readonly fault?: string | undefined;
  readonly deployments?: readonly Few[];
  readonly generate?: (request: GenerationRequest) => Promise<Record<'baseline' | 'candidate', string>>;
  readonly kpis?: (critical: readonly string[], of: string) => Promise<typeof kpis | undefined>;
}

/** What a step of an experiment does: its transitions, and what it writes. */
async function done(
  step: keyof Steps,
  {
    deployments = [baseline, candidate],
    generate = () => Promise.resolve({ baseline: 'b', candidate: 'c' }),
    kpis: read = () => Promise.resolve(kpis),
    fault,
    ...experiment
  }: Situation = {},
): Promise<{ moves: string[]; written: unknown[] }> {
  const [moves, written]: [string[], unknown[]] = [[], []];
  const context = {
    pool: {
      query: (sql: string, values: unknown[]) => {
        if (sql.startsWith('SELECT')) return Promise.resolve({ rows: deployments });
        written.push(values);
        return Promise.resolve({ rowCount: 1, rows: [] });
      },
    },
    generator: { generate },
    parts: {
      clock: { now: () => now },
      metricsStore: {
        kpis: (_: unknown, { tenant, experiment: id }: Selection, critical: readonly string[]) =>
          read(critical, `${tenant} ${id}`),
      },
      judge,
    },
    configuration: { times: { patience, scrape: 50 } },
    move: (_: unknown, { to, reason }: { to: string; reason: string }) =>
      Promise.resolve(void moves.push(`${to}: ${reason}`)),
  } as unknown as StepContext;
  const stored = {
    id: 'e-1',
    tenant: 'ana',
    baseline_pipeline: 'one',
    candidate_pipeline: 'two',
    target_nodes: ['node-1'],
    config: { duration: '1s' },
    state_since: within,
    updated_at: now,
    started_at: before(100),
    paused_at: null,
    pauses: [],
    progress: 0,
    ...experiment,
  } as unknown as StoredExperiment;
  const { steps } = await withFault('experiments', controllerParts, fault);
  await steps[step](stored, context);
  return { moves, written };
}

const request = {
  experiment_id: 'e-1',
  baseline_pipeline: 'one',
  candidate_pipeline: 'two',
  target_hosts: ['node-1'],
  variables: {},
  duration: '1s',
};
const away = () => Promise.reject(new Error('away'));

test.describe('initializing', () => {
  test('both pipelines are generated and deployed once', async () => {
    const asked: GenerationRequest[] = [];
    const generate = (one: GenerationRequest) => {
      asked.push(one);
      return Promise.resolve({ baseline: 'b', candidate: 'c' });
    };
    expect(await done('initializing', { deployments: [], generate })).toEqual({
      moves: [],
      written: [['e-1', 'b', 'c', now]],
    });
    expect(asked).toEqual([request]);
    expect((await done('initializing', { generate })).written).toEqual([]);
    expect(asked, 'requests when both are deployed').toHaveLength(1);
  });

  test('an experiment runs when both pipelines do, and fails when they do not in time', async () => {
    expect((await done('initializing')).moves).toEqual(['running: both pipelines run']);
    const half = [baseline, { ...candidate, applied_version: 0 }];
    expect((await done('initializing', { deployments: half })).moves).toEqual([]);
    expect((await done('initializing', { deployments: half, state_since: beyond })).moves).toEqual([
      'failed: the pipelines did not start in time',
    ]);
  });

  test('a refused configuration fails at once, with why', async () => {
    const refuse = () => Promise.reject(new ConfigurationRefused('no such pipeline'));
    expect((await done('initializing', { deployments: [], generate: refuse })).moves).toEqual([
      'failed: no such pipeline',
    ]);
    const complaint = [baseline, { ...candidate, complaint: 'line 3: invalid YAML' }];
    expect((await done('initializing', { deployments: complaint })).moves).toEqual(['failed: line 3: invalid YAML']);
  });

  test('a generator that is away is waited for, up to a limit', async () => {
    await expect(done('initializing', { deployments: [], generate: away })).rejects.toThrow('away');
    expect((await done('initializing', { deployments: [], generate: away, state_since: beyond })).moves).toEqual([
      'failed: no configuration could be generated in time',
    ]);
  });
});

test.describe('running', () => {
  test('a pipeline that a user has changed is generated with the new processors, and the other stays', async () => {
    const wanted = [{ type: 'topk', config: {} }];
    const asked: GenerationRequest[] = [];
    const generate = (one: GenerationRequest) => {
      asked.push(one);
      return Promise.resolve({ baseline: 'b', candidate: 'new' });
    };
    const deployments = [baseline, { ...candidate, wanted_processors: wanted }];
    expect(await done('running', { deployments, generate })).toEqual({
      moves: [],
      written: [['e-1', 'candidate', 'new', JSON.stringify(wanted)]],
    });
    expect(asked).toEqual([{ ...request, processors: { candidate: wanted } }]);
  });

  test('at the end of its duration an experiment changes no pipeline any more', async () => {
    const deployments = [baseline, { ...candidate, wanted_processors: [] }];
    const { moves } = await done('running', { deployments, started_at: before(1000), progress: 100, generate: away });
    expect(moves).toEqual(['analyzing: the duration is over']);
  });
});

test.describe('analyzing', () => {
  test('the last series are awaited up to a limit', async ({ fault }) => {
    const unfinished = [baseline, { ...candidate, ticks_written: 19 }];
    expect((await done('analyzing', { deployments: unfinished, fault })).moves).toEqual([]);
    expect((await done('analyzing', { deployments: unfinished, state_since: beyond })).moves).toHaveLength(1);
    expect((await done('analyzing')).moves).toEqual([expect.stringMatching(/^completed: The candidate meets every/)]);
  });

  test('a missing dependency is waited for, and user changes do not extend the deadline', async () => {
    const missing = { deployments: [{ ticks_written: 0 }], kpis: () => Promise.resolve(undefined), updated_at: now };
    expect((await done('analyzing', { ...missing, state_since: within })).moves).toEqual([]);
    expect((await done('analyzing', { ...missing, state_since: beyond })).moves).toEqual([
      'failed: there are no series of both pipelines to compare',
    ]);
    await expect(done('analyzing', { kpis: away })).rejects.toThrow('away');
    expect((await done('analyzing', { kpis: away, state_since: beyond })).moves).toEqual([
      'failed: the metrics could not be read in time',
    ]);
  });

  test('a candidate that misses a criterion fails', async () => {
    const config = { duration: '1s', success_criteria: { min_cardinality_reduction: 50 } };
    expect((await done('analyzing', { config })).moves).toEqual([
      expect.stringMatching(/^failed: The candidate misses min_cardinality_reduction \(40 instead of 50\)/),
    ]);
  });

  test('the coverage is of the processes that were named as critical', async () => {
    const asked: unknown[] = [];
    const read = (critical: readonly string[], of: string) => {
      asked.push([of, ...critical]);
      return Promise.resolve(kpis);
    };
    await done('analyzing', { kpis: read, config: { duration: '1s', critical_processes: ['postgres'] } });
    await done('analyzing', { kpis: read });
    expect(asked).toEqual([['ana e-1', 'postgres'], ['ana e-1']]);
  });
});
