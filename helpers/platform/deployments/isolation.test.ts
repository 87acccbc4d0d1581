import { existsSync } from 'node:fs';
import { expect, ManagerUser, stateOf, task, test } from '../../testing/manager.ts';
import { isAlive } from '../../run/processes/index.ts';

test('deployments have processes, folders, sockets, environments and configurations of their own', async ({
  client,
  place,
}) => {
  const names = ['a.b', 'a_b', 'a/../b', 'b'];
  const created = await Promise.all(
    names.map((name) =>
      client.create({
        name,
        config: { ledger: place.ledger, marker: name },
        environment: { SECRET: name, PATH: `/of/${names.indexOf(name)}` },
        resources: task({ environment_names: ['*'] }),
      }),
    ),
  );
  await Promise.all(created.map(({ id }) => client.apply(id)));
  const applied = await Promise.all(created.map(({ id }) => client.get(id)));
  const distinct = (values: readonly unknown[]) => new Set(values).size;
  for (const what of ['pid', 'socket', 'workingDirectory'] as const)
    expect(distinct(applied.map(({ instance }) => instance[what]))).toBe(names.length);
  expect(distinct(applied.map((one) => stateOf(one)['id']))).toBe(names.length);
  for (const [index, { name, instance, ...deployment }] of applied.entries()) {
    const state = stateOf(deployment);
    expect(state).toMatchObject({ pid: instance.pid, cwd: instance.workingDirectory, marker_at_end: name });
    const environment = state['environment'] as Record<string, string>;
    expect(environment).toMatchObject({ SECRET: name, PATH: `/of/${index}`, HOME: instance.workingDirectory });
    const own = /^(SECRET|PATH|HOME|TMPDIR|TF_PLUGIN_MAGIC_COOKIE|PLUGIN_\w+)$/;
    expect(Object.keys(environment).filter((variable) => !own.test(variable))).toEqual([]);
  }
});

test('a change of the configuration waits for the next operation, and needs another process', async ({
  client,
  place,
}) => {
  const at = (marker: string) => ({ ledger: place.ledger, marker });
  const { id } = await client.create({
    config: at('blue'),
    resources: task({ announce: place.file('begun'), gate: place.file('gate') }),
  });
  const operation = await client.begin(id);
  await place.announced('begun');
  await client.change(id, { config: at('red') });
  place.open('gate');
  expect(await client.ended(id, operation)).toMatchObject({ status: 'succeeded' });
  const first = await client.get(id);
  expect(stateOf(first)).toMatchObject({ marker_at_start: 'blue', marker_at_end: 'blue', configured: 1 });
  await client.change(id, { resources: task({ input: 'again' }) });
  await client.apply(id);
  const second = await client.get(id);
  expect(stateOf(second)).toMatchObject({ marker_at_start: 'red', configured: 1 });
  expect(second.instance).toMatchObject({ launches: 2 });
  expect(isAlive(first.instance.pid!)).toBe(false);
});

test('applies of one deployment follow each other, those of others do not wait', async ({ client }) => {
  const slow = task({ duration_ms: 400 });
  const created = await Promise.all([1, 2, 3, 4].map((n) => client.create({ name: `slow-${n}`, resources: slow })));
  await Promise.all(created.map(({ id }) => client.ask(`/${id}/schema`))); // launched
  const start = performance.now();
  await Promise.all(created.map(({ id }) => client.apply(id)));
  expect(performance.now() - start).toBeLessThan(1_100);

  const { id } = created[0]!;
  const operations = [];
  for (const input of ['b', 'c']) {
    await client.change(id, { resources: task({ duration_ms: 100, input }) });
    operations.push(await client.begin(id));
  }
  const [second, third] = await Promise.all(operations.map((operation) => client.ended(id, operation)));
  expect(second!.endedAt! <= third!.startedAt!).toBe(true);
  expect(stateOf(await client.get(id))).toMatchObject({ overlap: 1, input: 'c' });
});

test('five first uses at once launch one process, and a busy one is not replaced', async ({ client, place }) => {
  const { id } = await client.create({
    resources: task({ announce: place.file('begun'), gate: place.file('gate') }),
  });
  const pidOf = async () => ((await client.ask(`/${id}/schema`)).body as { pid: number }).pid;
  const pids = new Set(await Promise.all([1, 2, 3, 4, 5].map(pidOf)));
  expect(pids.size).toBe(1);
  const operation = await client.begin(id);
  await place.announced('begun');
  expect(pids).toContain(await pidOf());
  place.open('gate');
  expect(await client.ended(id, operation)).toMatchObject({ status: 'succeeded' });
  expect((await client.get(id)).instance).toMatchObject({ pid: [...pids][0], launches: 1 });
});

test('a deletion and a cancellation leave the neighbour at work', async ({ client, place }) => {
  const gate = place.file('gate');
  const [ended, cancelled, neighbour] = await Promise.all(
    ['dep-1', 'dep-2', 'dep-10'].map((name) =>
      client.create({ name, resources: task({ announce: place.file(name), gate: name === 'dep-1' ? null : gate }) }),
    ),
  );
  await client.apply(ended!.id);
  const working = await Promise.all([cancelled!, neighbour!].map(({ id }) => client.begin(id)));
  await Promise.all(['dep-2', 'dep-10'].map((name) => place.announced(name)));
  const before = await client.get(neighbour!.id);
  await client.destroy(ended!.id);
  expect(await client.ask(`/${cancelled!.id}/cancel`, { method: 'POST' })).toMatchObject({ status: 202 });
  expect(await client.ended(cancelled!.id, working[0]!)).toMatchObject({ error: { code: 'CANCELLED' } });
  expect(existsSync(before.instance.workingDirectory)).toBe(true);
  place.open('gate');
  expect(await client.ended(neighbour!.id, working[1]!)).toMatchObject({ status: 'succeeded' });
  expect((await client.get(neighbour!.id)).instance).toEqual(before.instance);
  expect(await client.ask(`/${cancelled!.id}/cancel`, { method: 'POST' })).toMatchObject({ status: 409 });
});

test('another tenant reads and changes nothing', async ({ client, manager }) => {
  const { id } = await client.create({ resources: task() });
  const other = new ManagerUser(manager);
  for (const [method, place, body] of [
    ['GET', ''],
    ['PATCH', '', {}],
    ['DELETE', ''],
    ['POST', '/plan'],
    ['POST', '/apply', {}],
    ['POST', '/import', { type: 'probe_task', name: 'one', id: 'x' }],
    ['POST', '/cancel'],
    ['GET', '/logs'],
    ['GET', '/schema'],
    ['GET', '/operations'],
    ['GET', '/operations/1'],
    ['GET', `/plans/${id}`],
  ] as const)
    expect(await other.ask(`/${id}${place}`, { method, body })).toMatchObject({ status: 403 });
  expect((await other.ask('')).body).toMatchObject({ deployments: [], total: 0 });
  expect((await client.ask('')).body).toMatchObject({ deployments: [{ id }], total: 1, page: 1, perPage: 20 });
});

test('a process writes its own lines to the log, and sensitive values are hidden', async ({ client, place }) => {
  const { id } = await client.create({
    config: { ledger: place.ledger, secret: 'sesame' },
    resources: task({ flood_bytes: 2_000 }),
  });
  await client.apply(id);
  expect(stateOf(await client.get(id))).toMatchObject({ secret_seen: '(sensitive)' });
  expect((await client.ask(`/${id}/logs`)).body).toMatchObject({
    lines: expect.arrayContaining([expect.stringContaining('flood')]),
  });
  expect(JSON.stringify((await client.ask(`/${id}`)).body)).not.toContain('sesame');
});
