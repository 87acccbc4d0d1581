import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from './processes/index.ts';
import { waitFor } from '../lib/wait.ts';
import { expect, imports, recordedProcess, test, type InnerRun } from '../testing/index.ts';
import { RunFolder, RunHost } from './index.ts';

/** Prints the processes involved, then waits inside a test, with a statement running, to be killed. */
const sleeper = `${imports}
test('sleeps', async ({ postgres, clickhouse }) => {
  console.log('run=' + process.env.PROVING_GROUND_RUN);
  console.log('worker=' + process.pid);
  await Promise.all([postgres.query('SELECT pg_sleep(120)'), clickhouse.query('SELECT sleepEachRow(3) FROM numbers(40) SETTINGS max_block_size = 1')]);
});
test('never begins', async ({ postgres }) => { await postgres.query('SELECT 1'); });
`;

test("a killed worker's databases are swept, and other workers go on", async ({ runInlineTest, root }) => {
  const { exitCode, tests } = await runInlineTest({
    'a.spec.ts': `${imports}
    const databases = async (postgres) => (await postgres.query("SELECT datname FROM pg_database WHERE datname ~ '_w[0-9]+_'")).map(({ datname }) => datname);

    test('is killed', async ({ postgres, _postgresWorker }) => {
      await postgres.query('DELETE FROM users');
      await _postgresWorker.settle({ schema: 'basic', dataset: 'minimal', isolation: 'database' });
      expect((await databases(postgres)).filter((name) => name.includes('_w0_')).length).toBeGreaterThan(1);
      process.kill(process.pid, 'SIGKILL');
      await postgres.query('SELECT pg_sleep(120)');
    });
    test('comes next', async ({ postgres }) => {
      expect(postgres.name).toContain('_w1_');
      expect((await databases(postgres)).filter((name) => name.includes('_w0_'))).toEqual([]);
      await expect(postgres).toHaveRows('users', 3);
      await expect(postgres).toBeUnchanged();
    });
  `,
  });

  expect(tests).toMatchObject([
    {
      title: 'is killed',
      status: 'failed',
      errors: ['Error: worker process exited unexpectedly (code=null, signal=SIGKILL)'],
    },
    { title: 'comes next', status: 'passed', errors: [] },
  ]);
  expect(exitCode).toBe(1);
  expect(await root.leftoversAfter(5_000)).toEqual([]);
});

test('a killed run is cleaned up by its keeper or the next start, beside a live run', async ({
  startInlineTest,
  root,
}, testInfo) => {
  const go = testInfo.outputPath('go');
  const bystander = startInlineTest({
    'a.spec.ts': `${imports}
    import { existsSync } from 'node:fs';

    test('outlives its neighbours', async ({ postgres, clickhouse }) => {
      test.setTimeout(100_000);
      console.log('run=' + process.env.PROVING_GROUND_RUN);
      await clickhouse.client.command({ query: "CREATE TABLE mark ENGINE = Memory AS SELECT 'the same server' AS text" });
      const start = async () => [await postgres.query('SELECT pg_postmaster_start_time()'), await clickhouse.query('SELECT text FROM mark')];
      const started = await start();
      await expect.poll(() => existsSync(${JSON.stringify(go)}), { intervals: [10], timeout: 90_000 }).toBe(true);
      expect(await start()).toEqual(started);
    });
    test('goes on', async ({ databases }) => { await expect(databases).toBeValid(); });
  `,
  });
  const [kept, unkept] = [startInlineTest({ 'a.spec.ts': sleeper }), startInlineTest({ 'a.spec.ts': sleeper })];
  const [beside, withKeeper, withoutKeeper] = await Promise.all([bystander, kept, unkept].map(runOf));

  await test.step('the keeper of a killed run ends its servers and removes its folder', async () => {
    const servers = ['postgres', 'clickhouse'].map((name) => recordedProcess(withKeeper!, name));
    const worker = Number(await kept.printed('worker'));
    kept.kill('SIGKILL');
    expect(await waitFor(() => !servers.some(isAlive) && !existsSync(withKeeper!.path), 5_000)).toBe(true);
    await expectToEnd(worker);
  });

  await test.step('without a keeper, the next start does', async () => {
    const [server, clickhouse] = ['postgres', 'clickhouse'].map((name) => recordedProcess(withoutKeeper!, name)) as [
      number,
      number,
    ];
    process.kill(recordedProcess(withoutKeeper!, 'keeper'), 'SIGKILL');
    const worker = Number(await unkept.printed('worker'));
    unkept.kill('SIGKILL');
    await expectToEnd(worker);
    expect(isAlive(server)).toBe(true);
    expect(await waitFor(() => !isAlive(clickhouse), 5_000), 'ClickHouse ends by itself').toBe(true);

    await using next = await RunHost.open({}, root.path);
    expect(isAlive(server)).toBe(false);
    expect(root.runs.map(({ id }) => id).toSorted()).toEqual([beside!.id, next.folder.id].toSorted());
  });

  await test.step('a run at the same time has not noticed, and leaves nothing either', async () => {
    for (const name of ['postgres', 'clickhouse']) expect(isAlive(recordedProcess(beside!, name)), name).toBe(true);
    writeFileSync(go, '');
    const { exitCode, tests } = await bystander.ended;
    expect(tests).toMatchObject([
      { status: 'passed', errors: [] },
      { status: 'passed', errors: [] },
    ]);
    expect(exitCode).toBe(0);
    expect(root.leftovers()).toEqual([]);
  });
});

test('Ctrl-C leaves nothing behind and keeps no database', async ({ startInlineTest, root }, testInfo) => {
  const run = startInlineTest({ 'a.spec.ts': sleeper });
  await run.printed('worker');
  run.interrupt();
  const { exitCode, tests } = await run.ended;

  expect(tests).toMatchObject([{ title: 'sleeps', status: 'interrupted' }]);
  expect(tests[0]!.attachments.filter((name) => name !== 'error-context')).toEqual(['_measurements']);
  expect(exitCode).toBe(130);
  expect(root.leftovers()).toEqual([]);
  expect(existsSync(path.join(testInfo.outputPath('run-1'), 'results', 'kept-postgres'))).toBe(false);
});

async function runOf(run: InnerRun): Promise<RunFolder> {
  return new RunFolder(await run.printed('run'));
}

async function expectToEnd(pid: number): Promise<void> {
  expect(await waitFor(() => !isAlive(pid), 10_000), `process ${pid} ends`).toBe(true);
}
