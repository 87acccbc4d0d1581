import { withFault } from '../../../faults/inject.ts';
import { expect, test } from '../../../testing/index.ts';
import type { Queryable } from '../../kernel/store/database.ts';
import type { ListQuery } from '../contract.ts';
import type { StoredExperiment } from '../store/experiment-reader.ts';
import { gatewayParts } from './parts.ts';
import { presentExperiment, presentPage } from './presentation.ts';

const [created, updated, started, completed] = [1, 2, 3, 4].map((hour) => new Date(`2026-01-01T0${hour}:00:00Z`)) as [
  Date,
  Date,
  Date,
  Date,
];

const stored: StoredExperiment = {
  id: 'e-1',
  tenant: 'ana',
  name: 'fewer series',
  description: 'of two nodes',
  baseline_pipeline: 'process-baseline-v1',
  candidate_pipeline: 'process-topk-v1',
  target_nodes: ['node-1', 'node-2'],
  config: { duration: '30m' },
  load: { profile: 'steady', process_count: 5 },
  state: 'running',
  results: null,
  progress: 25,
  created_at: created,
  updated_at: updated,
  state_since: started,
  started_at: started,
  completed_at: completed,
  paused_at: null,
  pauses: [],
};

test('an experiment is shown without what only the platform needs', () => {
  const { tenant: _, progress: __, pauses: ___, paused_at: ____, state_since: _____, ...shown } = stored;
  expect(presentExperiment(stored)).toEqual({
    ...shown,
    paused: false,
    created_at: '2026-01-01T01:00:00.000Z',
    updated_at: '2026-01-01T02:00:00.000Z',
    started_at: '2026-01-01T03:00:00.000Z',
    completed_at: '2026-01-01T04:00:00.000Z',
    _links: {
      self: '/api/v1/experiments/e-1',
      metrics: '/api/v1/experiments/e-1/metrics',
      cancel: '/api/v1/experiments/e-1/state',
    },
  });
});

test('an experiment that has not begun has no times of beginning and end, and a paused one says so', () => {
  const { started_at, completed_at } = presentExperiment({ ...stored, started_at: null, completed_at: null });
  expect([started_at, completed_at]).toEqual([null, null]);
  expect(presentExperiment({ ...stored, paused_at: updated }).paused).toBe(true);
});

/** A page of a list of this many experiments. */
async function pageOf(total: number, query: ListQuery, fault?: string) {
  const { experimentReader } = await withFault('experiments', gatewayParts, fault);
  const db = {
    query: (sql: string) => Promise.resolve({ rows: sql.includes('count(*)') ? [{ total }] : [stored] }),
  } as unknown as Queryable;
  return presentPage(await experimentReader.list(db, 'ana', query), query);
}

test('a list that fills its pages exactly has no page more', async ({ fault }) => {
  const pages = [5, 6, 7].map(async (total) => (await pageOf(total, { per_page: 3 }, fault))._meta.total_pages);
  expect(await Promise.all(pages)).toEqual([2, 2, 3]);
  const { _links } = await pageOf(6, { page: 2, per_page: 3 }, fault);
  expect(_links.next).toBeNull();
  expect(_links.last).toBe(_links.self);
});

test('a page links to its neighbours, with everything else that was asked for', async () => {
  const at = (page: number) => `/api/v1/experiments?state=running&state=failed&per_page=3&page=${page}`;
  expect(await pageOf(9, { state: ['running', 'failed'], per_page: 3, page: 2 })).toEqual({
    experiments: [presentExperiment(stored)],
    _meta: { current_page: 2, per_page: 3, total_pages: 3, total_count: 9 },
    _links: { self: at(2), next: at(3), prev: at(1), first: at(1), last: at(3) },
  });
});

test('a page that is not asked for in detail is the first of twenty', async () => {
  const at = (page: number) => `/api/v1/experiments?page=${page}`;
  expect(await pageOf(21, {})).toMatchObject({
    _meta: { current_page: 1, per_page: 20, total_pages: 2 },
    _links: { self: at(1), next: at(2), prev: null, first: at(1), last: at(2) },
  });
});

test('an empty list has no pages, and its first is its last', async () => {
  const first = '/api/v1/experiments?page=1';
  expect(await pageOf(0, {})).toMatchObject({
    _meta: { total_pages: 0, total_count: 0 },
    _links: { self: first, next: null, prev: null, first, last: first },
  });
});
