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
