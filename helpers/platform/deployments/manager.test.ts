import { existsSync } from 'node:fs';
import { expect, stateOf, task, test } from '../../testing/manager.ts';
import { isAlive } from '../../run/processes/index.ts';
import { waitFor } from '../../lib/wait.ts';

test('a deployment is created, planned, applied and destroyed', async ({ client, place }) => {
  const created = await client.create({ config: { ledger: place.ledger, marker: 'blue' }, resources: task() });
  expect(created).toMatchObject({
    status: 'pending',
    instance: { pid: null, socket: null, launches: 0 },
    resources: [{ type: 'probe_task', name: 'one', status: 'absent', state: null }],
  });
  const plan = await client.plan(created.id);
  expect(plan.changes).toMatchObject([
    { type: 'probe_task', name: 'one', action: 'create', before: null, after: { pid: '(known after apply)' } },
  ]);
  expect(place.effects, 'a plan has no effect').toEqual([]);
  expect(await client.apply(created.id, { plan: plan.id })).toMatchObject({
    status: 'succeeded',
    attempts: 1,
    error: null,
  });
  const applied = await client.get(created.id);
  expect(applied).toMatchObject({ status: 'applied', error: null, instance: { launches: 1 } });
  const { pid, workingDirectory } = applied.instance;
  expect(applied.resources[0]).toMatchObject({ status: 'exists', tainted: false });
  expect(stateOf(applied)).toMatchObject({
    pid,
    cwd: workingDirectory,
    marker_at_start: 'blue',
    configured: 1,
    overlap: 1,
  });
  expect(place.effects).toHaveLength(1);

  expect((await client.plan(created.id)).changes).toMatchObject([{ action: 'none' }]);
  expect(await client.destroy(created.id)).toMatchObject({ status: 'succeeded' });
  expect(await client.get(created.id)).toMatchObject({ status: 'destroyed', resources: [], instance: { pid: null } });
  expect(place.effects).toEqual([expect.stringMatching(/[.]deleted$/)]);
  expect(await waitFor(() => !isAlive(pid!), 2_000), 'the process has ended').toBe(true);
  expect(existsSync(workingDirectory)).toBe(false);
});
