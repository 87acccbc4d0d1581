import { isAlive, waitFor } from '../processes/index.ts';
import { RunFolder } from '../run/index.ts';
import { expect, imports, recordedProcess, test } from '../testing/index.ts';
import { processNames } from './index.ts';

/** Waits in the middle of a test with one process frozen, which hears no farewell. */
const sleeper = `${imports}
test('sleeps', async ({ platform, chaos }) => {
  chaos.freeze('agent-2');
  console.log('run=' + process.env.PROVING_GROUND_RUN);
  console.log('worker=' + process.pid);
  await new Promise((resolve) => setTimeout(resolve, 120_000));
});
`;

test('a killed run takes its platform with it, a frozen process too', async ({ startInlineTest, root }) => {
  const run = startInlineTest({ 'a.spec.ts': sleeper });
  const folder = new RunFolder(await run.printed('run'));
  const pids = processNames.map((name) => recordedProcess(folder, `platform-0-${name}`));
  expect(pids.every(isAlive)).toBe(true);
  process.kill(Number(await run.printed('worker')), 'SIGKILL');
  run.kill('SIGKILL');
  expect(await waitFor(() => !pids.some(isAlive), 5_000), 'all of its processes end').toBe(true);
  expect(await root.leftoversAfter(5_000)).toEqual([]);
});

test('a killed worker takes its platform with it, and the next one has its own', async ({ runInlineTest, root }) => {
  const { tests } = await runInlineTest({ 'a.spec.ts': `${imports}
    test('is killed', async ({ experiments }) => {
      await experiments.create();
      process.kill(process.pid, 'SIGKILL');
      await new Promise(() => {});
    });
    test('comes next', async ({ experiments }) => {
      expect((await experiments.list())._meta.total_count).toBe(0);
      await expect(await experiments.create({ config: { duration: '300ms' } })).toReach('completed');
    });
  ` });
  expect(tests).toMatchObject([{ title: 'is killed', status: 'failed' }, { title: 'comes next', status: 'passed', errors: [] }]);
  expect(await root.leftoversAfter(5_000)).toEqual([]);
});

test('a platform that is not there is said in one sentence', async ({ runInlineTest }) => {
  const { exitCode, output } = await runInlineTest({ 'a.spec.ts': `${imports}
    test('asks', async ({ experiments }) => { await experiments.list(); });
  ` }, { env: { TARGET: 'remote', TEST_PLATFORM_URL: 'http://127.0.0.1:1', TEST_PLATFORM_SECRET: 'x' } });
  expect(output).toContain('No platform answers at http://127.0.0.1:1 (fetch failed): check TEST_PLATFORM_URL, or set TARGET=local.');
  expect(exitCode).toBe(1);
});

test('the report of a failing test has the logs of the processes and what was said over the WebSocket', async ({ runInlineTest }) => {
  const { tests } = await runInlineTest({ 'a.spec.ts': `${imports}
    test('fails', async ({ updates, chaos }) => {
      chaos.kill('agent-1');
      await chaos.ready('agent-1');
      expect(updates.events).toHaveLength(1);
    });
  ` });
  expect(tests[0]!.attachments).toEqual(expect.arrayContaining(['WebSocket', 'log of agent-1']));
});
