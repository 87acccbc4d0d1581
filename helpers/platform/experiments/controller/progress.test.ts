import { isDeepStrictEqual } from 'node:util';
import { withFault } from '../../../faults/inject.ts';
import { expect, test } from '../../../testing/index.ts';
import { nothing } from '../metrics/store.ts';
import type { StoredExperiment } from '../store/experiment-reader.ts';
import type { StepContext } from './context.ts';
import { controllerParts } from './parts.ts';

const start = new Date('2026-01-01T12:00:00Z');
const after = (milliseconds: number): Date => new Date(start.getTime() + milliseconds);
const summary = { ...nothing, series: 40, samples: 600, points: 600, cpu: 3, memory: 50 };

interface Event {
  readonly type: string;
  readonly data: Record<string, unknown>;
}

/** What a step of a running experiment of two seconds tells, and the progress that it records. */
async function told(
  at: number,
  { fault, away = false, ...course }: { fault?: string | undefined; away?: boolean } & Partial<StoredExperiment> = {},
) {
  const parts = await withFault('experiments', controllerParts, fault);
  const [events, recorded, moves, asked]: [Event[], unknown[], unknown[], unknown[]] = [[], [], [], []];
  const found = { baseline: summary, candidate: { ...summary, points: 150 } };
  const context = {
    pool: {
      query: (_: string, [, json, progress]: [string, string?, number?]) => {
        if (json === undefined) return Promise.resolve({ rows: [] }); // its pipelines
        events.push(...(JSON.parse(json) as Event[]));
        return Promise.resolve({ rowCount: recorded.push(progress) });
      },
    },
    parts: {
      clock: { now: () => after(at) },
      metricsStore: {
        summarize(_: unknown, selection: object) {
          asked.push(selection);
          return away ? Promise.reject(new Error('away')) : found;
        },
      },
    },
    configuration: { times: {} },
    move: (_: unknown, to: unknown) => Promise.resolve(void moves.push(to)),
  } as unknown as StepContext;
  const experiment = {
    id: 'e-1',
    tenant: 'ana',
    state: 'running',
    config: { duration: '2s' },
    progress: 0,
    started_at: start,
    completed_at: null,
    paused_at: null,
    pauses: [],
    ...course,
  } as unknown as StoredExperiment;
  await parts.steps.running(experiment, context);
  expect(asked.filter((one) => !isDeepStrictEqual(one, { tenant: 'ana', experiment: 'e-1' }))).toEqual([]);
  return { events, recorded, moves };
}

test('each quarter is told once, with the time at which the experiment will end', async () => {
  expect(await told(499)).toEqual({ events: [], recorded: [], moves: [] });
  expect(await told(500)).toEqual({
    events: [
      {
        type: 'progress.update',
        data: {
          phase: 'running',
          progress_percentage: 25,
          estimated_completion: '2026-01-01T12:00:02.000Z',
          current_step: 'collecting series',
        },
      },
    ],
    recorded: [25],
    moves: [],
  });
  expect((await told(999, { progress: 25 })).events).toEqual([]);
  expect((await told(1500, { progress: 50 })).recorded).toEqual([75]);
});

test('paused time does not count, and moves the end', async () => {
  const pauses = [after(100), after(1100)];
  expect((await told(1499, { pauses })).events).toEqual([]);
  expect((await told(1500, { pauses })).events).toMatchObject([
    { data: { progress_percentage: 25, estimated_completion: '2026-01-01T12:00:03.000Z' } },
  ]);
});

test('the live rate is of points in a second of run time', async ({ fault }) => {
  const { events } = await told(1200, { progress: 25, fault });
  expect(events.map(({ type }) => type)).toEqual(['progress.update', 'metrics.update', 'metrics.update']);
  expect(events.slice(1).map(({ data }) => data)).toEqual([
    {
      variant: 'baseline',
      metrics: { time_series_count: 40, samples_per_second: 500, cpu_usage: 3, memory_usage: 50 },
      comparison: { cardinality_reduction: 75 },
    },
    {
      variant: 'candidate',
      metrics: { time_series_count: 40, samples_per_second: 125, cpu_usage: 3, memory_usage: 50 },
      comparison: { cardinality_reduction: 75 },
    },
  ]);
});

test('metrics come once, at half-time or at the first step after it', async () => {
  expect((await told(1500, { progress: 25 })).events.map(({ type }) => type)).toContain('metrics.update');
  expect((await told(1500, { progress: 50 })).events.map(({ type }) => type)).toEqual(['progress.update']);
});

test('at the end of its duration an experiment is analyzed, even if its progress cannot be told', async () => {
  expect(await told(2000, { progress: 75 })).toMatchObject({
    recorded: [100],
    moves: [{ to: 'analyzing', reason: 'the duration is over' }],
  });
  expect(await told(2000, { away: true })).toEqual({
    events: [],
    recorded: [],
    moves: [{ to: 'analyzing', reason: 'the duration is over' }],
  });
  await expect(told(1999, { away: true })).rejects.toThrow('away');
});
