import { expect, test } from '../../fixtures/index.ts';
import { task } from '../../helpers/clients/probe-files.ts';

test('resources with the same address belong to their deployments', async ({ createDeployment }) => {
  const [first, second] = [await createDeployment(), await createDeployment()];
  const [one, other] = [await first.apply().result, await second.apply().result];
  expect(one['task']!['id']).not.toBe(other['task']!['id']);
  expect(await first.resources(), 'of the first, after the second was applied').toEqual(one);
  expect((await first.plan()).changes).toMatchObject([{ action: 'none', before: { id: one['task']!['id'] } }]);

  await second.destroy();
  expect(await first.resources(), 'of the first, after the second was destroyed').toEqual(one);
  expect(first.files.existing()).toEqual(['task']);
  expect(second.files.existing()).toEqual([]);
});

test('sensitive values are hidden in states and plans', async ({ createDeployment, deployments: { tenant } }) => {
  const secret = 'correct horse battery staple';
  const deployment = await createDeployment({ config: { secret }, environment: { TOKEN: secret } });
  const planned = await deployment.plan();
  expect((await deployment.apply({ plan: planned }).result)['task']).toMatchObject({ secret_seen: '(sensitive)' });
  await deployment.change({ resources: [task('task', { input: 'new' })] });
  const answers = [planned, await deployment.plan(), await deployment.get(), await tenant.list({ perPage: 100 })];
  for (const answer of answers) expect(JSON.stringify(answer)).not.toContain(secret);
});

test("a deployment's log has the output of its own provider alone", async ({ createDeployment }) => {
  const [ana, ben] = [
    await createDeployment({ provider: 'script', environment: { SCRIPT: 'echo I am of ana >&2; exit 3' } }),
    await createDeployment({ provider: 'script', environment: { SCRIPT: 'echo I am of ben >&2; exit 3' } }),
  ];
  for (const deployment of [ana, ben]) await expect(deployment.schema()).toBeRefused(502, 'PROVIDER_ERROR');
  expect(await ana.logs()).toEqual(['I am of ana']);
  expect(await ben.logs()).toEqual(['I am of ben']);
});

test('random values stay until their keepers change', async ({ createDeployment }) => {
  const resources = (color: string) => [
    { type: 'random_id', name: 'server', config: { byte_length: 8, keepers: { color } } },
    { type: 'random_password', name: 'login', config: { length: 20 } },
  ];
  const deployment = await createDeployment({ provider: 'random', resources: resources('blue') });
  const first = await deployment.apply().result;
  expect(first['login']).toMatchObject({ result: '(sensitive)' });
  expect(await deployment.apply().result, 'when nothing has changed').toEqual(first);

  await deployment.change({ resources: resources('red') });
  const [login, server] = (await deployment.plan()).changes.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  expect(server).toMatchObject({ action: 'replace', requiresReplace: ['keepers'] });
  expect(login).toMatchObject({ action: 'none' });
  expect((await deployment.apply().result)['server']!['hex']).not.toBe(first['server']!['hex']);
});
