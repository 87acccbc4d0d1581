import { randomUUID } from 'node:crypto';
import { expect, test } from '../../../../fixtures/index.ts';
import { experimentRequest } from '../../../clients/index.ts';
import { stateSchema } from '../platform.ts';
import { creation } from './creation.ts';
import { deploy, findDeployments, wantProcessors } from './pipeline-deployments.ts';
import { experimentReader } from './experiment-reader.ts';
import { changeLoad } from './change-load.ts';
import { transit } from './transitions.ts';

test.use({ schema: stateSchema, dataset: 'empty' });

test('a change to an experiment that has just ended is refused', async ({ postgres }) => {
  const { pool } = postgres;
  const [id, now, load] = [randomUUID(), new Date(), { profile: 'steady', process_count: 5 } as const];
  await creation.write(pool, [
    { ...experimentRequest(), id, tenant: 'ana', description: '', load, createdAt: now.toISOString(), claims: [] },
  ]);
  await deploy(pool, id, { baseline: '', candidate: '' }, now);

  const ending = await pool.connect();
  await ending.query('BEGIN');
  await transit(ending, { id, state: 'pending' }, { to: 'cancelled', at: now, reason: 'by a user' });
  const asked = Promise.all([
    changeLoad(pool, id, { profile: 'spike', process_count: 1 }, now),
    wantProcessors(pool, id, 'candidate', []),
  ]);
  await expect
    .poll(
      () =>
        postgres.query("SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"),
      'who waits',
    )
    .toHaveLength(2);
  await ending.query('COMMIT');
  ending.release();

  expect(await asked).toEqual([false, undefined]);
  expect(await experimentReader.find(pool, id)).toMatchObject({ state: 'cancelled', load });
  expect((await findDeployments(pool, id)).map(({ wanted_processors: wanted }) => wanted)).toEqual([null, null]);
});
