import { expect, test } from '../../fixtures/index.ts';
import { task } from '../../helpers/clients/probe-files.ts';

/** A task that reports every variable of its provider's process. */
const report = [task('task', { environment_names: ['*'] })];
/** What a process needs, and what the protocol tells it. */
const expected = /^(PATH|HOME|TMPDIR|PLUGIN_.*|TF_.*)$/;

test("a provider has its own deployment's variables, and none of another deployment's", async ({
  createDeployment,
}) => {
  const [ana, ben] = [
    await createDeployment({ resources: report, environment: { SECRET_OF_ANA: 'a', SHARED_NAME: 'ana' } }),
    await createDeployment({ resources: report, environment: { SECRET_OF_BEN: 'b', SHARED_NAME: 'ben' } }),
  ];
  const [anas, bens] = [await ana.apply().result, await ben.apply().result].map(
    ({ task: values }) => values!['environment'] as Record<string, string>,
  );
  expect(anas).toMatchObject({ SECRET_OF_ANA: 'a', SHARED_NAME: 'ana' });
  expect(bens).toMatchObject({ SECRET_OF_BEN: 'b', SHARED_NAME: 'ben' });
  expect(anas).not.toHaveProperty('SECRET_OF_BEN');
  expect(bens).not.toHaveProperty('SECRET_OF_ANA');
});

test("a deployment's variable wins over the host's and the manager's", async ({ createDeployment }) => {
  const environment = { PATH: '/own/bin', HOME: '/own/home', LANG: 'own' };
  const deployment = await createDeployment({ resources: report, environment });
  expect((await deployment.apply().result)['task']).toMatchObject({ environment });
});

test("a provider has nothing of the host's environment but PATH", async ({ createDeployment }) => {
  const deployment = await createDeployment({ resources: report });
  const values = (await deployment.apply().result)['task']!;
  const environment = values['environment'] as Record<string, string>;
  expect(Object.keys(environment).filter((name) => !expected.test(name))).toEqual([]);
  expect(environment).toMatchObject({ PATH: process.env['PATH'], HOME: deployment.workingDirectory });
});

test('a change of the environment gets a new process', async ({ createDeployment }) => {
  const changed = await createDeployment({ resources: report, environment: { COLOR: 'blue' } });
  expect((await changed.apply().result)['task']).toMatchObject({ environment: { COLOR: 'blue' } });
  const before = changed.pid;
  await changed.change({
    environment: { COLOR: 'red' },
    resources: [task('task', { environment_names: ['*'], input: 'new' })],
  });
  expect((await changed.apply().result)['task']).toMatchObject({ environment: { COLOR: 'red' } });
  expect(changed.pid).not.toBe(before);
});
