import type { ClickHouseClient } from '@clickhouse/client';
import { expect, test } from '../../../testing/index.ts';
import { metricsStore } from '../metrics/store.ts';
import { compilePipeline } from '../pipelines/index.ts';
import type { AssignedDeployment, WriteProgress } from '../store/pipeline-deployments.ts';
import { type AgentContext, TenantSeries } from './tenant-series.ts';

const start = new Date('2026-01-01T12:00:00Z');
const after = (milliseconds: number): Date => new Date(start.getTime() + milliseconds);

interface Stores {
  readonly isAway?: () => boolean;
  readonly gone?: readonly string[];
  /** Positions that other agents have written. */
  readonly there?: readonly WriteProgress[];
}

/** Records a tenant's series: the rows of each insert, the reports, and the queries. */
function recorded({ isAway = () => false, gone = [], there = [] }: Stores = {}) {
  const inserts: { table: string; rows: number }[] = [];
  const reports: WriteProgress[][] = [];
  const forgotten: string[] = [];
  const asked: (readonly string[])[] = [];
  const metrics = {
    insert: ({ table, values }: { table: string; values: unknown[] }) => {
      if (isAway()) return Promise.reject(new Error('away'));
      return Promise.resolve(void inserts.push({ table, rows: values.length }));
    },
  } as unknown as ClickHouseClient;
  const query = (_: string, [json]: [string]) => {
    const written = JSON.parse(json) as WriteProgress[];
    reports.push(written);
    return Promise.resolve({ rows: written.filter(({ experiment }) => !gone.includes(experiment)) });
  };
  const store: typeof metricsStore = {
    ...metricsStore,
    written: (_, _tenant, experiments) => Promise.resolve(void asked.push(experiments)).then(() => [...there]),
    forgetExperiment: (_, _tenant, experiment) => Promise.resolve(void forgotten.push(experiment)),
  };
  const context = {
    pool: { query },
    metrics,
    parts: { metricsStore: store },
    configuration: { times: { scrape: 50 } },
  } as unknown as AgentContext;
  return { series: new TenantSeries(context, 'ana'), inserts, reports, forgotten, asked };
}

function running(experiment: string, nodes: number, processes: number) {
  const deployment = {
    tenant: 'ana',
    experiment,
    variant: 'baseline',
    started_at: start,
    paused_at: null,
    pauses: [],
    duration: '30m',
    percentage: 100,
    ticks_written: 0,
    isNew: false,
    target_nodes: Array.from({ length: nodes }, (_, number) => `node-${number}`),
    load: { profile: 'steady', process_count: processes },
  } as unknown as AssignedDeployment;
  return { deployment, pipeline: compilePipeline([]) };
}

test('all due samples go into one insert per table', async () => {
  const { series, inserts, reports } = recorded();
  expect(await series.write([running('one', 1, 10), running('two', 1, 10)], after(200)), 'that was all').toBe(true);
  expect(inserts).toEqual([
    { table: 'series', rows: 2 * 4 * 20 },
    { table: 'scrapes', rows: 2 * 4 },
  ]);
  expect(reports).toMatchObject([
    [
      { experiment: 'one', ticks: 4 },
      { experiment: 'two', ticks: 4 },
    ],
  ]);

  expect(await series.write([running('one', 1, 10), running('two', 1, 10)], after(210))).toBe(true);
  expect(inserts, 'inserts when nothing is due').toHaveLength(2);
});

test('write positions of all new series are asked for once', async () => {
  const { series, inserts, reports, asked } = recorded({
    there: [{ experiment: 'two', variant: 'baseline', ticks: 3 }],
  });
  const both = [running('one', 1, 10), running('two', 1, 10)];
  await series.write(both, after(200));
  await series.write(both, after(250));
  expect(asked).toEqual([['one', 'two']]);
  expect(
    inserts.filter(({ table }) => table === 'scrapes'),
    'scrapes',
  ).toEqual([
    { table: 'scrapes', rows: 4 + 1 },
    { table: 'scrapes', rows: 1 + 1 },
  ]);
  expect(reports).toMatchObject([
    [
      { experiment: 'one', ticks: 4 },
      { experiment: 'two', ticks: 4 },
    ],
    [{ ticks: 5 }, { ticks: 5 }],
  ]);
});

test('a backlog is written in parts of at least one scrape and limited size', async () => {
  const { series, inserts, reports } = recorded();
  const large = running('large', 60, 1000);
  expect(await series.write([large, running('small', 1, 1)], after(500)), 'that was all').toBe(false);
  expect(inserts).toEqual([
    { table: 'series', rows: 50_000 },
    { table: 'series', rows: 50_000 },
    { table: 'series', rows: 20_000 },
    { table: 'scrapes', rows: 1 },
    { table: 'series', rows: 20 },
    { table: 'scrapes', rows: 10 },
  ]);
  expect(reports).toMatchObject([[{ experiment: 'large', ticks: 1 }], [{ experiment: 'small', ticks: 10 }]]);
  expect(await series.write([large], after(500))).toBe(false);
  expect(reports.at(-1)).toMatchObject([{ experiment: 'large', ticks: 2 }]);
});

test('a failed write is retried at the next pass', async () => {
  let isAway = true;
  const { series, inserts, reports } = recorded({ isAway: () => isAway });
  await expect(series.write([running('one', 1, 10)], after(100))).rejects.toThrow('away');
  expect(reports).toEqual([]);
  isAway = false;
  await series.write([running('one', 1, 10)], after(150));
  expect(inserts).toEqual([
    { table: 'series', rows: 3 * 20 },
    { table: 'scrapes', rows: 3 },
  ]);
  expect(reports).toMatchObject([[{ experiment: 'one', ticks: 3 }]]);
});

test('series of a deleted experiment are removed, even after an unanswered insert', async () => {
  let isAway = true;
  const { series, forgotten } = recorded({ isAway: () => isAway, gone: ['one'] });
  await expect(series.write([running('one', 1, 10)], after(100))).rejects.toThrow('away');
  isAway = false;
  await series.write([], after(200)); // its deployments are gone as well
  expect(forgotten).toEqual(['one']);
  await series.write([], after(300));
  expect(series.isOver).toBe(true);
  expect(forgotten, 'experiments that are removed, each once').toEqual(['one']);
});
