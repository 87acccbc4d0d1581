import { expect, test } from '../../fixtures/index.ts';

test('a done task is told to its tenant, and is in the database', async ({ app, workerPostgres }) => {
  const ana = app.createTenant('ana');
  const as = await app.as(ana);
  const socket = await app.socket('/updates', { tenant: ana });
  const { body } = await as.post('/tasks', { title: 'water the plants' });
  await as.patch(`/tasks/${body.id}`, { version: body.version, status: 'done' });
  await expect(socket).toReceive({ type: 'task.changed', task: { id: body.id, status: 'done' } });
  const rows = await workerPostgres.admin.query('SELECT status FROM tasks WHERE id = $1', [body.id]);
  expect(rows).toEqual([{ status: 'done' }]);
});

test('a request whose connection to the database ends is 503, and its service lives on', async ({
  app,
  workerPostgres,
}) => {
  const as = await app.as(app.createTenant('ana'));
  const { starts } = app.chaos.process('api');
  const { admin } = workerPostgres;
  await admin.transaction(async (client) => {
    await client.query('LOCK TABLE tasks');
    const waiting = as.post('/tasks', { title: 'water the plants' });
    await expect
      .poll(() =>
        admin.query(
          `SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        ),
      )
      .toEqual([{ ended: true }]);
    expect((await waiting).status).toBe(503);
  });
  expect((await as.post('/tasks', { title: 'water the plants' })).status).toBe(201);
  expect(app.chaos.process('api').starts).toBe(starts);
});
