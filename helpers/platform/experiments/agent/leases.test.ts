import { randomUUID } from 'node:crypto';
import { experimentRequest } from '../../../clients/index.ts';
import { withFault } from '../../../faults/inject.ts';
import { expect, test } from '../../../testing/index.ts';
import { stateSchema } from '../platform.ts';
import type { State } from '../states.ts';
import type { Queryable } from '../../kernel/store/database.ts';
import { creation } from '../store/creation.ts';
import { deploy } from '../store/pipeline-deployments.ts';
import { transit } from '../store/transitions.ts';
import { agentParts } from './parts.ts';

test.use({ schema: stateSchema, dataset: 'empty' });

const load = { profile: 'steady', process_count: 5 } as const;

/** Writes new experiments of a tenant. */
async function create(db: Queryable, ids: readonly string[], at: Date): Promise<void> {
  await creation.write(
    db,
    ids.map((id) => {
      const request = experimentRequest();
      return { ...request, id, tenant: 'ana', description: '', load, createdAt: at.toISOString(), claims: [] };
    }),
  );
}

test('an experiment that has ended is scraped no more', async ({ postgres, fault }) => {
  const { leases } = await withFault('experiments', agentParts, fault);
  const { pool } = postgres;
  const now = new Date();
  const ways: readonly (readonly State[])[] = [
    ['initializing', 'running'],
    ['initializing', 'running', 'cancelled'],
    ['initializing', 'running', 'failed'],
    ['initializing', 'running', 'analyzing', 'completed'],
  ];
  const ids = ways.map(() => randomUUID());
  await create(pool, ids, now);
  const scraped = async (): Promise<string[]> => {
    const mine = await leases.renew(pool, { name: 'agent', place: 0, colleagues: 1 }, 60);
    return [...new Set(mine.map(({ experiment }) => experiment))];
  };
  const reached: string[] = [];
  for (const [place, id] of ids.entries()) {
    await deploy(pool, id, { baseline: '', candidate: '' }, now);
    let state: State = 'pending';
    for (const to of ways[place]!) {
      if (state === 'running') reached.push(...(await scraped()));
      await transit(pool, { id, state }, { to, at: now, reason: 'for the test' });
      state = to;
    }
  }
  expect(new Set(reached), 'what was scraped while it ran').toEqual(new Set(ids));
  expect(await scraped()).toEqual([ids[0]]);
});

test('each new deployment is left to the agent whose turn it is, and after a second to any', async ({
  postgres: { pool },
  fault,
}) => {
  const { leases } = await withFault('experiments', agentParts, fault);
  const [now, future] = [new Date(), new Date(Date.now() + 3_600_000)]; // so that no second passes meanwhile
  const ids = Array.from({ length: 10 }, (_, place) => `00000000-0000-4000-8000-${String(place).padStart(12, '0')}`);
  await create(pool, ids, now);
  for (const id of ids) {
    await deploy(pool, id, { baseline: '', candidate: '' }, future);
    await transit(pool, { id, state: 'pending' }, { to: 'initializing', at: now, reason: 'for the test' });
  }
  const takenBy = async (place: number): Promise<number> =>
    (await leases.renew(pool, { name: `agent-${place}`, place, colleagues: 2 }, 60)).length;
  expect(await takenBy(2), 'by an agent whose turn it never is').toBe(0);
  const [first, second] = [await takenBy(0), await takenBy(1)];
  expect(Math.min(first, second)).toBeGreaterThan(0);
  expect(first + second).toBe(2 * ids.length);
  await pool.query("UPDATE deployments SET agent = NULL, deployed_at = clock_timestamp() - interval '2 seconds'");
  expect(await takenBy(2), 'a second later').toBe(2 * ids.length);
});
