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

test('what is wanted no more is deleted, and what cannot be changed is replaced', async ({ client, place }) => {
  const resource = (name: string, triggers: object, dependsOn: string[] = []) => ({
    type: 'probe_task',
    name,
    config: { name, triggers },
    dependsOn,
  });
  const { id } = await client.create({
    config: { ledger: place.ledger },
    resources: [resource('app', { color: 'blue' }, ['probe_task.net']), resource('net', {})],
  });
  await client.apply(id);
  const [app, net] = (await client.get(id)).resources;
  expect(net!.state!['applies'], 'what is needed is created first').toBeLessThan(Number(app!.state!['applies']));

  await client.change(id, { resources: [resource('app', { color: 'red' })] });
  const { changes } = await client.plan(id);
  expect(changes).toMatchObject([
    { name: 'net', action: 'delete', after: null },
    { name: 'app', action: 'replace', requiresReplace: ['triggers'] },
  ]);
  expect(await client.apply(id)).toMatchObject({ status: 'succeeded' });
  const { resources } = await client.get(id);
  expect(resources).toMatchObject([{ name: 'app', status: 'exists' }]);
  expect(resources[0]!.state!['id']).not.toBe(app!.state!['id']);
  expect(place.effects.filter((name) => name.endsWith('.deleted'))).toHaveLength(2);
  expect(place.effects).toHaveLength(3);
});

test('a plan is applied to the state that it was made on, and to no other', async ({ client, place }) => {
  const [one, two] = await Promise.all(
    ['one', 'two'].map((name) =>
      client.create({ name, config: { ledger: place.ledger, marker: name }, resources: task({ input: name }) }),
    ),
  );
  const [first, second] = [await client.plan(one!.id), await client.plan(two!.id)];
  expect(await client.apply(one!.id, { plan: first.id })).toMatchObject({ status: 'succeeded' });
  expect(await client.apply(two!.id, { plan: second.id })).toMatchObject({ status: 'succeeded' });
  for (const { id, name } of [one!, two!])
    expect(stateOf(await client.get(id))).toMatchObject({ input: name, marker_at_end: name });

  const body = { plan: first.id };
  expect(await client.ask(`/${one!.id}/apply`, { method: 'POST', body })).toMatchObject({ status: 409 });
  expect(await client.ask(`/${two!.id}/apply`, { method: 'POST', body })).toMatchObject({ status: 404 });
});

test('a plan that became stale while it was waiting fails', async ({ client, place }) => {
  const { id } = await client.create({ config: { ledger: place.ledger }, resources: task({ input: 'a' }) });
  const plan = await client.plan(id);
  const operations = [await client.begin(id, { plan: plan.id }), await client.begin(id, { plan: plan.id })];
  expect(await client.ended(id, operations[0]!)).toMatchObject({ status: 'succeeded' });
  expect(await client.ended(id, operations[1]!)).toMatchObject({ status: 'failed', error: { code: 'STALE_PLAN' } });
});

test('a resource whose creation has failed half-way is tainted, and replaced', async ({ client, place }) => {
  const { id } = await client.create({
    config: { ledger: place.ledger },
    resources: task({ behaviour: 'fail after effect' }),
  });
  expect(await client.apply(id)).toMatchObject({
    status: 'failed',
    error: { code: 'DIAGNOSTICS', resource: 'probe_task.one', diagnostics: [{ severity: 'error' }] },
  });
  expect(await client.get(id)).toMatchObject({ status: 'failed', resources: [{ status: 'exists', tainted: true }] });
  await client.change(id, { resources: task() });
  expect((await client.plan(id)).changes).toMatchObject([{ action: 'replace' }]);
  await client.apply(id);
  expect(await client.get(id)).toMatchObject({ status: 'applied', error: null, resources: [{ tainted: false }] });
  expect(place.effects).toHaveLength(2);
});

test('a refused creation leaves nothing', async ({ client, place }) => {
  const { id } = await client.create({ config: { ledger: place.ledger }, resources: task({ behaviour: 'fail' }) });
  expect(await client.apply(id)).toMatchObject({ status: 'failed', error: { code: 'DIAGNOSTICS' } });
  expect((await client.get(id)).resources).toMatchObject([{ status: 'absent' }]);
  expect(place.effects).toEqual([]);
});

test('a resource that exists already is imported once', async ({ client, place }) => {
  const first = await client.create({ config: { ledger: place.ledger }, resources: task() });
  await client.apply(first.id);
  const { id: known } = stateOf(await client.get(first.id));
  const { id } = await client.create({ name: 'two', config: { ledger: place.ledger }, resources: task() });
  const body = { type: 'probe_task', name: 'one', id: known };
  const importing = async () =>
    client.ended(id, (await client.ask(`/${id}/import`, { method: 'POST', body })).body as never);
  expect(await importing()).toMatchObject({ kind: 'import', status: 'succeeded' });
  expect(stateOf(await client.get(id))).toMatchObject({ id: known });
  expect(await importing()).toMatchObject({ status: 'failed', error: { code: 'EXISTS' } });
});

test('wrong requests are refused in a sentence', async ({ client }) => {
  const create = (body: object) =>
    client.ask('', { method: 'POST', body: { name: 'one', provider: 'probe', ...body } });
  const [one] = task();
  for (const [body, message] of [
    [{ provider: 'prob' }, /^There is no provider prob: there are probe/],
    [{ resources: [one, one] }, /^Two resources are named probe_task.one/],
    [{ resources: [{ ...one, dependsOn: ['probe_task.two'] }] }, /^There is no resource probe_task.two/],
    [{ resources: [{ ...one, dependsOn: ['probe_task.one'] }] }, /^probe_task.one depends on itself/],
    [{ environment: { 'A=B': '1' } }, /environment/],
    [{ name: '' }, /^name must NOT have fewer than 1 characters/],
  ] as const)
    expect(await create(body)).toMatchObject({
      status: 400,
      body: { error: { code: 'VALIDATION_ERROR', message: expect.stringMatching(message) } },
    });
});
