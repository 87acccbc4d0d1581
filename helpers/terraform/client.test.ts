import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from '../run/processes/index.ts';
import { errorOf, expect, test } from '../testing/providers.ts';
import { type Provider, stepsOf, Unknown, withoutSensitive } from './index.ts';

const type = 'probe_task';

async function create(provider: Provider, config: Record<string, string | number | string[] | Record<string, string>>) {
  const { state } = await provider.apply(await provider.plan({ type, config, prior: undefined }));
  return state!;
}

for (const protocol of [5, 6] as const)
  test(`a resource is created, read, changed, replaced and deleted over version ${protocol}`, async ({
    launch,
    place,
  }) => {
    const provider = await launch('probe', { protocols: [protocol] });
    expect(provider.protocol).toBe(protocol);
    const ledger = path.join(place, 'ledger');
    await provider.configure({ marker: 'blue', ledger });

    const creation = await provider.plan({ type, config: { name: 'first', triggers: { a: '1' } }, prior: undefined });
    expect(creation.action).toBe('create');
    expect(creation.after!['pid']).toBeInstanceOf(Unknown);
    expect(existsSync(ledger), 'by a plan').toBe(false);
    const { state: first } = await provider.apply(JSON.parse(JSON.stringify(creation)) as typeof creation);
    expect(first!.values).toMatchObject({
      name: 'first',
      pid: provider.pid,
      cwd: path.join(place, 'w1'),
      marker_at_start: 'blue',
      marker_at_end: 'blue',
      overlap: 1,
      configured: 1,
      input: null,
    });
    expect(await provider.read(type, first!)).toEqual(first);

    const same = await provider.plan({ type, config: { name: 'first', triggers: { a: '1' } }, prior: first });
    expect(same.action).toBe('none');

    const update = await provider.plan({
      type,
      config: { name: 'first', triggers: { a: '1' }, input: 'new' },
      prior: first,
    });
    expect(update.action).toBe('update');
    const { state: second } = await provider.apply(update);
    expect(second!.values).toMatchObject({ id: first!.values['id'], input: 'new', updates: 1 });

    const replacement = await provider.plan({ type, config: { name: 'first', triggers: { a: '2' } }, prior: second });
    expect(replacement).toMatchObject({ action: 'replace', requiresReplace: ['triggers'] });
    expect(stepsOf(replacement).map(({ action }) => action)).toEqual(['delete', 'create']);
    const { state: third } = await provider.apply(replacement);
    expect(third!.values['id']).not.toBe(first!.values['id']);
    expect(await provider.read(type, second!), 'the replaced one').toBeUndefined();

    const deletion = await provider.plan({ type, config: undefined, prior: third });
    expect(deletion.action).toBe('delete');
    expect(await provider.apply(deletion)).toEqual({ state: undefined, warnings: [] });
    expect(await provider.read(type, third!)).toBeUndefined();
  });

test('an imported resource is as its provider says', async ({ launch }) => {
  const provider = await launch();
  const [imported] = await provider.import(type, 'key-7');
  expect(imported).toMatchObject({ type, state: { schemaVersion: 1, values: { id: 'key-7', pid: null } } });
});

test('a state of an earlier schema is upgraded', async ({ launch }) => {
  const provider = await launch();
  const { values } = await create(provider, { name: 'old' });
  const { idempotency_key: _, ...older } = values;
  const upgraded = await provider.upgrade(type, { schemaVersion: 0, values: older, private: '' });
  expect(upgraded).toMatchObject({ schemaVersion: 1, values: { idempotency_key: values['id'] } });
});

test('a sensitive value is told from others by the schema', async ({ launch }) => {
  const provider = await launch();
  await provider.configure({ secret: 'hush' });
  const { values } = await create(provider, { name: 'secretive' });
  expect(values['secret_seen']).toBe('hush');
  const { resources } = await provider.schema();
  expect(withoutSensitive(resources[type]!.block, values)).toEqual({ ...values, secret_seen: '(sensitive)' });
});

test('the same plan applied twice has one effect', async ({ launch, place }) => {
  const ledger = path.join(place, 'ledger');
  const provider = await launch();
  await provider.configure({ ledger });
  const planned = await provider.plan({ type, config: { name: 'once' }, prior: undefined });
  await provider.apply(planned);
  await provider.apply(planned);
  expect(readdirSync(ledger)).toEqual([`${planned.after!['idempotency_key'] as string}.json`]);
});

test('an environment and a working directory are the own ones', async ({ launch, place }) => {
  const provider = await launch('probe', { environment: { OWN: 'mine' } });
  const { values } = await create(provider, { name: 'a', environment_names: ['*'] });
  const environment = values['environment'] as Record<string, string>;
  expect(environment).toMatchObject({ OWN: 'mine', PLUGIN_UNIX_SOCKET_DIR: path.join(place, 's1') });
  expect(Object.keys(environment).filter((name) => name in process.env && name !== 'TMPDIR')).toEqual([]);
  expect(values['cwd']).toBe(path.join(place, 'w1'));
});

test('two applies at once are seen to overlap', async ({ launch, place }) => {
  const provider = await launch();
  const gate = path.join(place, 'gate');
  const announced = ['a', 'b'].map((name) => path.join(place, name));
  const tasks = announced.map((announce, index) => create(provider, { name: `task ${index}`, announce, gate }));
  await expect.poll(() => announced.every((file) => existsSync(file))).toBe(true);
  writeFileSync(gate, '');
  for (const { values } of await Promise.all(tasks)) expect(values['overlap']).toBe(2);
});

test('a stopped provider interrupts what is under way, and remains usable', async ({ launch, place }) => {
  const provider = await launch();
  const announce = path.join(place, 'begun');
  const task = errorOf(create(provider, { name: 'long', announce, gate: path.join(place, 'never') }));
  await expect.poll(() => existsSync(announce)).toBe(true);
  await provider.stop();
  expect(await task).toMatchObject({ code: 'DIAGNOSTICS', message: 'probe: The task was interrupted' });
  expect((await create(provider, { name: 'next' })).values['applies']).toBe(2);
});

test('a closed provider has exited by itself and left no socket', async ({ launch }) => {
  const provider = await launch();
  expect(existsSync(provider.socket)).toBe(true);
  expect(await provider.close()).toEqual({ code: 0, signal: null });
  expect(isAlive(provider.pid)).toBe(false);
  expect(existsSync(provider.socket)).toBe(false);
  expect(await errorOf(provider.schema())).toMatchObject({ code: 'CRASHED' });
});

test('a provider that does not end when it is closed is killed', async ({ launch }) => {
  const provider = await launch();
  process.kill(provider.pid, 'SIGSTOP');
  expect(await provider.close(50)).toEqual({ code: null, signal: 'SIGKILL' });
  expect(existsSync(provider.socket)).toBe(false);
});

test('a failed apply says what is left', async ({ launch }) => {
  const provider = await launch();
  const fails = await errorOf(create(provider, { name: 'a', behaviour: 'fail' }));
  expect(fails).toMatchObject({
    code: 'DIAGNOSTICS',
    diagnostics: [{ severity: 'error', summary: 'The task was told to fail', attribute: 'behaviour' }],
    partial: { state: undefined },
  });
  const late = await errorOf(create(provider, { name: 'b', behaviour: 'fail after effect' }));
  expect(late.partial!.state!.values).toMatchObject({ name: 'b', pid: provider.pid });
});

test('a provider that is killed in the middle of an RPC has crashed, with its last words', async ({ launch }) => {
  const provider = await launch();
  const error = await errorOf(create(provider, { name: 'a', behaviour: 'crash' }));
  expect(error).toMatchObject({
    code: 'CRASHED',
    message:
      'probe ended, by SIGKILL; its last lines are: The task was told to crash before its effect., and has not answered apply.',
    partial: undefined,
  });
  expect(await provider.exited).toEqual({ code: null, signal: 'SIGKILL' });
});

test('a provider that does not answer is given up at the deadline', async ({ launch }) => {
  const provider = await launch('probe', { deadline: 300 });
  await provider.schema();
  const error = await errorOf(create(provider, { name: 'a', behaviour: 'hang' }));
  expect(error).toMatchObject({ code: 'TIMEOUT', message: 'probe has not answered apply within 0.3 s.' });
});

test('a flood of stderr is read while the provider works', async ({ launch, log }) => {
  const provider = await launch();
  await create(provider, { name: 'a', flood_bytes: 4_000_000 });
  await provider.close();
  expect(log.join('\n').length).toBeGreaterThan(3_900_000);
});
