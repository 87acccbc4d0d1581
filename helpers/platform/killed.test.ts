import { fileURLToPath } from 'node:url';
import { isAlive } from '../run/processes/index.ts';
import { waitFor } from '../lib/wait.ts';
import { RunFolder } from '../run/index.ts';
import { expect, imports, recordedProcess, test } from '../testing/index.ts';
import { processNames } from './experiments/processes.ts';
import { sessionProcessNames } from './sessions/processes.ts';

/** The module of another helper, for imports in inner specs. */
const helper = (name: string): string => JSON.stringify(fileURLToPath(new URL(`../${name}/index.ts`, import.meta.url)));

/** Waits inside a test with one process frozen, which does not notice its owner's end. */
const sleeper = `${imports}
test('sleeps', async ({ platform, chaos }) => {
  chaos.freeze('agent-2');
  console.log('run=' + process.env.PROVING_GROUND_RUN);
  console.log('worker=' + process.pid);
  await new Promise((resolve) => setTimeout(resolve, 120_000)); // until it is killed
});
`;

test('a killed run ends its platform, frozen processes included', async ({ startInlineTest, root }) => {
  const run = startInlineTest({ 'a.spec.ts': sleeper });
  const folder = new RunFolder(await run.printed('run'));
  const pids = processNames.map((name) => recordedProcess(folder, `platform-0-${name}`));
  expect(pids.every(isAlive)).toBe(true);
  process.kill(Number(await run.printed('worker')), 'SIGKILL');
  run.kill('SIGKILL');
  expect(await waitFor(() => !pids.some(isAlive), 5_000), 'all of its processes end').toBe(true);
  expect(await root.leftoversAfter(5_000)).toEqual([]);
});

test('a killed worker ends its platform, frozen processes included, and its replacement gets another', async ({
  runInlineTest,
  root,
}) => {
  const { tests } = await runInlineTest({
    'a.spec.ts': `${imports}
    import { processesMentioning } from ${helper('run/processes')};

    test('is killed', async ({ experiments, chaos }) => {
      await experiments.create();
      chaos.freeze('agent-2');
      process.kill(process.pid, 'SIGKILL');
      await new Promise(() => {});
    });
    test('comes next', async ({ experiments }) => {
      expect((await experiments.list())._meta.total_count).toBe(0);
      const processes = processesMentioning(process.env.PROVING_GROUND_RUN + '/platform-of-');
      expect(processes).toHaveLength(${processNames.length});
      await expect(await experiments.create({ config: { duration: '300ms' } })).toReach('completed');
    });
  `,
  });
  expect(tests).toMatchObject([
    { title: 'is killed', status: 'failed' },
    { title: 'comes next', status: 'passed', errors: [] },
  ]);
  expect(await root.leftoversAfter(5_000)).toEqual([]);
});

/** Freezes one container inside a test, beside a running one. */
const freezes = `
  const pidOf = (platform, task) => platform.cloud.tasks().get(task).containers[0].pid;
  async function freeze({ session, createSession, cloud, sessionChaos, sessionPlatform }) {
    const other = await createSession();
    await other.waitFor('active');
    const taskOf = async ({ id }) => (await cloud.tasksOf(id))[0].taskArn;
    const [frozen, runs] = await Promise.all([session, other].map(taskOf));
    sessionChaos.freezeTask(frozen);
    return [frozen, runs].map((task) => pidOf(sessionPlatform, task));
  }
`;

test('a killed run ends its session platform, frozen containers included', async ({ startInlineTest, root }) => {
  const run = startInlineTest({
    'a.spec.ts': `${imports}${freezes}
    test('sleeps', async ({ session, createSession, cloud, sessionChaos, sessionPlatform }) => {
      console.log('containers=' + await freeze({ session, createSession, cloud, sessionChaos, sessionPlatform }));
      console.log('run=' + process.env.PROVING_GROUND_RUN);
      console.log('worker=' + process.pid);
      await new Promise((resolve) => setTimeout(resolve, 120_000)); // until it is killed
    });
  `,
  });
  const folder = new RunFolder(await run.printed('run'));
  const containers = (await run.printed('containers')).split(',').map(Number);
  const pids = [
    ...containers,
    ...sessionProcessNames.map((name) => recordedProcess(folder, `sessions-0-${name}`)),
    recordedProcess(folder, 'postgres'),
  ];
  expect(pids.filter(isAlive)).toEqual(pids);
  process.kill(Number(await run.printed('worker')), 'SIGKILL');
  run.kill('SIGKILL');
  expect(await root.leftoversAfter(10_000)).toEqual([]);
});

test('a killed worker ends its session platform, and its replacement gets another', async ({ runInlineTest, root }) => {
  const { tests } = await runInlineTest({
    'a.spec.ts': `${imports}${freezes}
    import { readdirSync } from 'node:fs';
    import { processesMentioning } from ${helper('run/processes')};
    import { RunFolder } from ${helper('run')};

    test('is killed', async ({ session, createSession, cloud, sessionChaos, sessionPlatform }) => {
      await freeze({ session, createSession, cloud, sessionChaos, sessionPlatform });
      process.kill(process.pid, 'SIGKILL');
      await new Promise(() => {});
    });
    test('comes next', async ({ session }) => {
      expect((await session.status()).status).toBe('active');
      const { path } = new RunFolder(process.env.PROVING_GROUND_RUN);
      expect(processesMentioning(path + '/cloud-0/')).toEqual([]);
      expect(readdirSync(path).filter((name) => name.startsWith('cloud-'))).toEqual(['cloud-1']);
    });
  `,
  });
  expect(tests).toMatchObject([
    { title: 'is killed', status: 'failed' },
    { title: 'comes next', status: 'passed', errors: [] },
  ]);
  expect(await root.leftoversAfter(5_000)).toEqual([]);
});

/** Waits inside a test with two deployments' providers, the manager frozen or not. */
const waitsWithProviders = (isFrozen: boolean): string => `${imports}
  test('sleeps', async ({ createDeployment, deploymentChaos }) => {
    const deployments = [await createDeployment(), await createDeployment()];
    for (const deployment of deployments) await deployment.apply().result;
    if (${isFrozen}) deploymentChaos.freeze('manager');
    console.log('providers=' + deployments.map(({ pid }) => pid));
    console.log('run=' + process.env.PROVING_GROUND_RUN);
    console.log('worker=' + process.pid);
    await new Promise((resolve) => setTimeout(resolve, 120_000)); // until it is killed
  });
`;

for (const isFrozen of [false, true]) {
  const manager = isFrozen ? 'its frozen manager' : 'its manager';
  test(`a killed run ends ${manager} of deployments, and the providers`, async ({ startInlineTest, root }) => {
    const run = startInlineTest({ 'a.spec.ts': waitsWithProviders(isFrozen) });
    const folder = new RunFolder(await run.printed('run'));
    const providers = (await run.printed('providers')).split(',').map(Number);
    const pids = [...providers, recordedProcess(folder, 'deployments-0-manager')];
    expect(pids.filter(isAlive)).toEqual(pids);
    process.kill(Number(await run.printed('worker')), 'SIGKILL');
    run.kill('SIGKILL');
    expect(await waitFor(() => !pids.some(isAlive), 5_000), 'all of its processes end').toBe(true);
    expect(await root.leftoversAfter(5_000)).toEqual([]);
  });
}

test('an unreachable platform is reported in one sentence', async ({ runInlineTest }) => {
  const { exitCode, output } = await runInlineTest(
    {
      'a.spec.ts': `${imports}
    test('asks', async ({ experiments }) => { await experiments.list(); });
  `,
    },
    { env: { TARGET: 'remote', TEST_PLATFORM_URL: 'http://127.0.0.1:1', TEST_PLATFORM_SECRET: 'x' } },
  );
  expect(output).toContain(
    'No platform answers at http://127.0.0.1:1 (fetch failed): check TEST_PLATFORM_URL, or set TARGET=local.',
  );
  expect(exitCode).toBe(1);
});

test("a failing test's report has the processes' logs and the WebSocket transcript", async ({ runInlineTest }) => {
  const { tests } = await runInlineTest({
    'a.spec.ts': `${imports}
    test('fails', async ({ updates, chaos }) => {
      chaos.kill('agent-1');
      await chaos.ready('agent-1');
      expect(updates.events).toHaveLength(1);
    });
  `,
  });
  expect(tests[0]!.attachments).toEqual(expect.arrayContaining(['WebSocket', 'log of agent-1']));
});
