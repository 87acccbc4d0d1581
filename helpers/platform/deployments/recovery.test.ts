import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, ManagerUser, stateOf, task, test } from '../../testing/manager.ts';
import { isAlive, processesMentioning } from '../../run/processes/index.ts';
import { waitFor } from '../../lib/wait.ts';

test('a crash leaves a resource in doubt, and the next apply settles it without a second effect', async ({
  client,
  place,
}) => {
  const { id } = await client.create({
    config: { ledger: place.ledger },
    resources: task({ behaviour: 'crash after effect' }),
  });
  expect(await client.apply(id)).toMatchObject({ status: 'failed', error: { code: 'CRASHED' } });
  expect(await client.get(id)).toMatchObject({ instance: { pid: null }, resources: [{ status: 'in_doubt' }] });
  expect(await client.ask(`/${id}/plan`, { method: 'POST' })).toMatchObject({ status: 409 });
  expect(await client.apply(id)).toMatchObject({ status: 'succeeded' });
  expect(await client.get(id)).toMatchObject({ instance: { launches: 2 }, resources: [{ status: 'exists' }] });
  expect(place.effects).toHaveLength(1);
});

test('a process that was killed while idle is launched again', async ({ client }) => {
  const { id } = await client.create({ resources: task() });
  await client.apply(id);
  const { instance } = await client.get(id);
  process.kill(instance.pid!, 'SIGKILL');
  await expect.poll(async () => (await client.get(id)).instance.pid).toBe(null);
  await client.change(id, { resources: task({ input: 'again' }) });
  expect(await client.apply(id)).toMatchObject({ status: 'succeeded' });
  const after = (await client.get(id)).instance;
  expect(after.pid).not.toBe(instance.pid);
  expect(after).toMatchObject({ launches: 2, workingDirectory: instance.workingDirectory });
});

test('a manager that is killed takes its providers with it, and its successor goes on', async ({
  openManager,
  manager,
  client,
  place,
}) => {
  const neighbour = await client.create({ resources: task() });
  await client.apply(neighbour.id);
  const own = await openManager();
  const user = new ManagerUser(own);
  const config = { ledger: place.ledger };
  const [idle, busy] = await Promise.all([
    user.create({ name: 'idle', config, resources: task() }),
    user.create({ name: 'busy', config, resources: task({ announce: place.file('begun'), gate: place.file('gate') }) }),
  ]);
  await user.apply(idle.id);
  const operation = await user.begin(busy.id);
  await place.announced('begun');
  const before = await Promise.all([idle, busy].map(async ({ id }) => (await user.get(id)).instance));
  expect((await user.get(busy.id)).resources).toMatchObject([{ status: 'in_doubt' }]);

  await own.supervisor.process('manager').stop();
  expect(await waitFor(() => !before.some(({ pid }) => isAlive(pid!)), 2_000), 'its providers end').toBe(true);
  expect(await waitFor(() => processesMentioning(`${own.root}/`).length === 0, 2_000)).toBe(true);
  await own.supervisor.process('manager').start();
  expect(before.filter(({ socket }) => existsSync(socket!))).toEqual([]);
  place.open('gate');
  expect(await user.ended(busy.id, operation)).toMatchObject({ status: 'succeeded', attempts: 2 });
  expect(await user.get(busy.id)).toMatchObject({ status: 'applied', resources: [{ status: 'exists' }] });
  expect(await user.get(idle.id)).toMatchObject({ status: 'applied', resources: [{ status: 'exists' }] });
  expect(place.effects).toHaveLength(2);
  expect(existsSync(before[0]!.workingDirectory), 'an idle deployment keeps its folder').toBe(true);

  const { instance } = await client.get(neighbour.id);
  expect(isAlive(instance.pid!) && existsSync(instance.socket!)).toBe(true);
  expect(path.dirname(path.dirname(path.dirname(instance.socket!)))).toBe(manager.root);
});

test('a deployment that was being destroyed by a killed manager is destroyed', async ({ openManager, place }) => {
  const own = await openManager();
  const user = new ManagerUser(own);
  const { id } = await user.create({
    config: { ledger: place.ledger },
    resources: task({ during: 'delete', announce: place.file('begun'), gate: place.file('gate') }),
  });
  place.open('gate');
  await user.apply(id);
  place.remove('gate', 'begun');
  const destroying = user.destroy(id);
  await place.announced('begun');
  own.supervisor.process('manager').kill();
  place.open('gate');
  expect(await destroying).toMatchObject({ status: 'succeeded', attempts: 2 });
  expect(await user.get(id)).toMatchObject({ status: 'destroyed' });
  expect(readdirSync(path.join(own.root, 'workspaces'))).toEqual([]);
});

test('a provider that hangs is ended when its time is up', async ({ openManager, place }) => {
  const user = new ManagerUser(await openManager({ times: { rpc: 300, close: 100 } }));
  const { id } = await user.create({
    config: { ledger: place.ledger },
    resources: task({ behaviour: 'hang', announce: place.file('begun') }),
  });
  const operation = await user.apply(id);
  expect(operation).toMatchObject({ status: 'failed', error: { code: 'TIMEOUT' } });
  expect(await user.get(id)).toMatchObject({ instance: { pid: null }, resources: [{ status: 'in_doubt' }] });
});

test('a provider that does not start is one sentence, and its deployment can be destroyed', async ({ client }) => {
  const { id, instance } = await client.create({ environment: { PROBE_HANDSHAKE: 'dies' }, resources: task() });
  expect(await client.ask(`/${id}/plan`, { method: 'POST' })).toMatchObject({
    status: 502,
    body: { error: { code: 'PROVIDER_ERROR', details: { code: 'HANDSHAKE_DIED' } } },
  });
  expect(await client.apply(id)).toMatchObject({ status: 'failed', error: { code: 'HANDSHAKE_DIED' } });
  expect(await client.destroy(id)).toMatchObject({ status: 'succeeded' });
  expect(existsSync(instance.workingDirectory)).toBe(false);
});

test('the debug switch shows the life of a process and its calls', async ({ openManager }) => {
  const own = await openManager({ debug: true });
  const user = new ManagerUser(own);
  const { id } = await user.create({ resources: task() });
  await user.apply(id);
  const { log } = own.supervisor.process('manager');
  for (const event of [/process \d+ was started/, /configure was answered after \d+ ms/, /apply was answered/])
    expect(log).toMatch(event);
  expect(stateOf(await user.get(id))).toMatchObject({ overlap: 1 });
});
