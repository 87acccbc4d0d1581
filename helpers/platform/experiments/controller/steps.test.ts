import { expect, test } from '../../../testing/index.ts';
import type { StoredExperiment } from '../store/experiment-reader.ts';
import type { StepContext } from './context.ts';
import { steps } from './steps.ts';

const now = new Date('2026-01-01T12:00:00Z');
const patience = 30_000;
const before = (milliseconds: number): Date => new Date(now.getTime() - milliseconds);

/** The transitions of an experiment whose variants have no series. */
async function analyzed(experiment: Pick<StoredExperiment, 'state_since' | 'updated_at'>): Promise<string[]> {
  const moves: string[] = [];
  const context = {
    pool: { query: () => Promise.resolve({ rows: [{ ticks_written: 0 }, { ticks_written: 0 }] }) },
    parts: { clock: { now: () => now }, metricsStore: { kpis: () => Promise.resolve(undefined) } },
    configuration: { times: { patience, scrape: 50 } },
    move: (_: unknown, { to }: { to: string }) => Promise.resolve(void moves.push(to)),
  } as unknown as StepContext;
  await steps.analyzing({ ...experiment, config: { duration: '1s' } } as StoredExperiment, context);
  return moves;
}

test('a missing dependency is waited for, and user changes do not extend the deadline', async () => {
  expect(await analyzed({ state_since: before(patience - 1), updated_at: now })).toEqual([]);
  expect(await analyzed({ state_since: before(patience), updated_at: now })).toEqual(['failed']);
});
