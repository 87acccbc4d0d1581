import { randomUUID } from 'node:crypto';
import { expect, test } from '../../fixtures/index.ts';
import { ApiFailure } from '../../helpers/clients/index.ts';
import type { PostgresDatabase } from '../../helpers/stores/postgres/index.ts';

/** The number of sessions that wait for a lock. */
async function waitingSessions(postgres: PostgresDatabase): Promise<number> {
  return (
    await postgres.query("SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
  ).length;
}

/** Retries as long as the platform answers that another request holds a lock, as that answer asks for. */
function onceFree<T>(attempt: () => Promise<T>): Promise<T> {
  return attempt().catch((error: unknown) => {
    if (error instanceof ApiFailure && error.code === 'LOCKED') return onceFree(attempt);
    throw error;
  });
}

test('a thousand concurrent creates make exactly a thousand experiments', async ({ createTenant, inside }) => {
  test.slow(); // a thousand experiments
  const tenant = createTenant();
  const created = await test.step('create a thousand at the same time', () =>
    Promise.all(
      Array.from({ length: 1000 }, (_, number) =>
        tenant.experiments.create({
          name: `consistency-test-${number}`,
          config: { duration: '30m', process_count: 1 },
        }),
      ),
    ));

  await test.step('no two have the same id', () => {
    expect(new Set(created.map(({ id }) => id)).size, 'different ids').toBe(1000);
  });

  const accepted = byId(created.map(({ id }, number) => ({ id, name: `consistency-test-${number}` })));

  await test.step('the API counts them, and shows exactly these page by page, each with its name', async () => {
    const pages = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        tenant.experiments.list({ page: index + 1, per_page: 100, sort: 'name' }),
      ),
    );
    expect(
      pages.map(({ _meta: meta }) => meta.total_count),
      'how many were accepted, as each page counts them',
    ).toEqual(Array.from({ length: 10 }, () => 1000));
    const shown = pages.flatMap(({ experiments }) => experiments.map(({ id, name }) => ({ id, name })));
    expect(byId(shown), 'the experiments that were accepted are shown').toEqual(accepted);
  });

  await inside('the database has exactly these as well', async ({ postgres }) => {
    const rows = await postgres.query<{ id: string; name: string }>(
      'SELECT id, name FROM experiments WHERE tenant_id = $1',
      [tenant.id],
    );
    expect(byId(rows), 'the experiments that were accepted are in the database').toEqual(accepted);
  });
});

test('of twenty concurrent creates on one node, one succeeds and nineteen get the conflict error', async ({
  experiments,
}) => {
  const node = 'wanted-by-all';
  const answers = await Promise.allSettled(
    Array.from({ length: 20 }, () => experiments.create({ target_nodes: [node], config: { duration: '30m' } })),
  );
  expect(answers.filter(({ status }) => status === 'fulfilled').length, 'experiments that got the one node').toBe(1);
  const refusals = answers
    .filter((answer) => answer.status === 'rejected')
    .map(({ reason }) => reason as { status: number; code: string });
  expect(refusals.map(({ status, code }) => ({ status, code }))).toEqual(
    Array.from({ length: 19 }, () => ({ status: 409, code: 'CONFLICT' })),
  );
});

test('a node claimed during a create is reported as busy', async ({ createTenant, internals: { postgres } }) => {
  const tenant = createTenant();
  const holder = await postgres.pool.connect();
  try {
    await holder.query('BEGIN');
    await holder.query('INSERT INTO node_claims (tenant_id, node, experiment_id) VALUES ($1, $2, $3)', [
      tenant.id,
      'contested',
      randomUUID(),
    ]); // like the transaction of a killed gateway
    const creation = onceFree(() => tenant.experiments.create({ target_nodes: ['contested', 'idle'] }));
    await expect.poll(() => waitingSessions(postgres), 'waitingSessions sessions').toBe(1);
    await holder.query('COMMIT');
    await expect(creation).rejects.toMatchObject({
      status: 409,
      code: 'CONFLICT',
      body: { error: { details: { nodes: ['contested'] } } },
    });
  } finally {
    holder.release(true);
  }
});

test("a lock on one tenant's rows does not delay another tenant", async ({ createTenant, internals: { postgres } }) => {
  const [ana, ben] = [createTenant('ana'), createTenant('ben')];
  await expect(await ana.experiments.create({ config: { duration: '300ms' } })).toReach('completed');
  const holder = await postgres.pool.connect();
  try {
    await holder.query('BEGIN');
    await holder.query('SELECT FROM tenants WHERE id = $1 FOR UPDATE', [ana.id]);
    const refused = (): Promise<void> => expect(ana.experiments.create()).toBeRefused(423, 'LOCKED');
    const first = refused();
    await expect.poll(() => waitingSessions(postgres), 'waitingSessions sessions').toBe(1);
    await Promise.all([
      first,
      ...Array.from({ length: 5 }, () => [refused(), ben.experiments.create({ config: { duration: '300ms' } })]).flat(),
    ]);
    await holder.query('ROLLBACK');
  } finally {
    holder.release(true);
  }
  expect((await ana.experiments.list())._meta.total_count, 'what was refused is not there').toBe(1);
  await ana.experiments.create({ config: { duration: '300ms' } });
});

test("an experiment created during its tenant's removal completes", async ({
  createTenant,
  chaos,
  internals: { postgres },
}) => {
  const tenant = createTenant();
  await expect(await tenant.experiments.create({ config: { duration: '300ms' } })).toReach('completed');
  chaos.freeze('controller'); // until the removal has started
  const holder = await postgres.pool.connect();
  try {
    await holder.query('BEGIN');
    await holder.query('SELECT FROM events WHERE tenant_id = $1 FOR UPDATE', [tenant.id]); // blocks the removal
    const removed = tenant.remove();
    await expect.poll(() => waitingSessions(postgres), 'waitingSessions sessions').toBe(1);
    let isCreated = false;
    const creation = onceFree(() => tenant.experiments.create({ config: { duration: '300ms' } })).finally(() => {
      isCreated = true;
    });
    await expect
      .poll(async () => isCreated || (await waitingSessions(postgres)) > 1, 'the creation is done, or waits as well')
      .toBe(true);
    await holder.query('ROLLBACK');
    await removed;
    chaos.thaw('controller');
    await expect(await creation).toReach('completed');
  } finally {
    holder.release();
  }
});

function byId<One extends { readonly id: string }>(experiments: readonly One[]): One[] {
  return experiments.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
