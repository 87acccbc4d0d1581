import { randomUUID } from 'node:crypto';
import { experimentRequest } from '../../../clients/index.ts';
import { withFault } from '../../../faults/inject.ts';
import { expect, test } from '../../../testing/index.ts';
import { stateSchema } from '../platform.ts';
import type { State } from '../states.ts';
import { creation } from '../store/creation.ts';
import { deploy } from '../store/pipeline-deployments.ts';
import { transit } from '../store/transitions.ts';
import { agentParts } from './parts.ts';

test.use({ schema: stateSchema, dataset: 'empty' });

const load = { profile: 'steady', process_count: 5 } as const;

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
  await creation.write(
    pool,
    ids.map((id) => {
      const request = experimentRequest();
      return { ...request, id, tenant: 'ana', description: '', load, createdAt: now.toISOString(), claims: [] };
    }),
  );
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
