import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { expect, imports, test } from '../../testing/index.ts';
import { Journal, type Measurement, readLedger, Recorder } from './index.ts';

test('measurements are taken once, with name, value, unit, attributes and scope', () => {
  const recorder = new Recorder();
  recorder.begin('a test');
  recorder.record('checkout.total', 12.5, 'ms', { step: 'pay' });
  recorder.record('shop.start', 3, 'count', {}, 'worker');

  expect(recorder.take()).toEqual({
    version: 1,
    measurements: [
      { name: 'checkout.total', value: 12.5, unit: 'ms', attributes: { step: 'pay' } },
      { name: 'shop.start', value: 3, unit: 'count', attributes: {}, scope: 'worker' },
    ],
  });
  expect(recorder.take()).toBeUndefined();
});

test('a value that is not a number is refused', () => {
  expect(() => new Recorder().record('ratio', 0 / 0, 'percent')).toThrow('Measurement ratio is NaN, not a number.');
});

test('each fixture records its cost once, for its test or its worker', async ({ _recorder, postgres }) => {
  await postgres.snapshot('now');
  await postgres.restore('now');

  const scopes = _recorder.take()?.measurements.map(({ name, scope = 'test' }) => `${name}: ${scope}`);
  expect(scopes).toEqual(
    expect.arrayContaining(['postgres.acquire: test', 'postgres.snapshot: test', 'postgres.restore: test']),
  );
});

test.describe('the ledger', () => {
  const a: Measurement = { name: 'a', value: 1, unit: 's', attributes: {}, scope: 'worker' };
  const record = (recorder: Recorder, ...names: string[]): void =>
    names.forEach((name) => recorder.record(name, 1, 's'));

  test('the ledger has what is attached to no test', ({}, testInfo) => {
    const recorder = new Recorder(new Journal(testInfo.outputPath(), 3, 'shop'));
    record(recorder, 'before');
    recorder.begin('one 0');
    record(recorder, 'in one');
    recorder.take();
    record(recorder, 'too late'); // between taking and attaching
    recorder.settle();
    record(recorder, 'between');
    recorder.begin('two 1');
    record(recorder, 'in two', 'in two');
    recorder.take(); // then the worker is killed

    const { attempts, rest } = readLedger(testInfo.outputPath());
    const names = [...attempts].map(([attempt, measurements]) => [attempt, measurements.map(({ name }) => name)]);
    expect(names).toEqual([
      ['one 0', ['too late']],
      ['two 1', ['in two', 'in two']],
    ]);
    expect(rest).toEqual([{ area: 'shop', measurement: { ...a, name: 'between' } }]);
  });

  test("the ledger has the meters' final readings", ({}, testInfo) => {
    const recorder = new Recorder(new Journal(testInfo.outputPath(), 0, 'shop'));
    recorder.addMeter(() => record(recorder, 'a'));
    recorder.close();
    expect(readLedger(testInfo.outputPath())).toEqual({
      attempts: new Map(),
      rest: [{ area: 'shop', measurement: a }],
    });
  });

  test('the ledger merges all workers and skips unfinished lines', ({}, testInfo) => {
    for (const worker of [0, 1]) {
      const recorder = new Recorder(new Journal(testInfo.outputPath(), worker, `area ${worker}`));
      record(recorder, 'a');
      appendFileSync(
        path.join(testInfo.outputPath(), '.measurements', `worker-${worker}.jsonl`),
        '{"area":"shop","meas',
      );
    }
    expect(readLedger(testInfo.outputPath()).rest).toEqual([
      { area: 'area 0', measurement: a },
      { area: 'area 1', measurement: a },
    ]);
  });

  test('the ledger is empty without measurements', ({}, testInfo) => {
    expect(readLedger(testInfo.outputPath())).toEqual({ attempts: new Map(), rest: [] });
  });
});

test("an attempt's measurements are attached or in the ledger, however it ends", async ({
  runInlineTest,
}, testInfo) => {
  const { tests } = await runInlineTest(
    {
      'a.spec.ts': `${imports}
    test('is killed', async ({ measurements }, { testId, retry }) => {
      measurements.record('mark', retry, 'count', { testId });
      if (retry === 0) process.kill(process.pid, 'SIGKILL');
      // The first attempt is killed here.
      await new Promise((resolve) => setTimeout(resolve, retry === 0 ? 120_000 : 0));
    });
    test('fails', async ({ measurements }) => {
      measurements.record('mark', 2, 'count');
      expect(1).toBe(2);
    });
    test('runs out of time', async ({ measurements }) => {
      test.setTimeout(500);
      measurements.record('mark', 3, 'count');
      await new Promise(() => {});
    });
  `,
    },
    { args: ['--retries=1'] },
  );

  const found = tests.map(({ title, status, measurements }) => [title, status, measurements.map(({ value }) => value)]);
  expect(found).toEqual([
    ['is killed', 'failed', []],
    ['is killed', 'passed', [1]],
    ['fails', 'failed', [2]],
    ['fails', 'failed', [2]],
    ['runs out of time', 'timedOut', [3]],
    ['runs out of time', 'timedOut', [3]],
  ]);
  const { attempts, rest } = readLedger(testInfo.outputPath('run-1', 'results'));
  const { testId } = tests[1]!.measurements[0]!.attributes;
  expect([...attempts]).toEqual([[`${testId} 0`, [{ name: 'mark', value: 0, unit: 'count', attributes: { testId } }]]]);
  expect(rest).toEqual([]);
});

test('a test keeps its measurements when no journal can be written', async ({ runInlineTest }) => {
  const { exitCode, tests, output } = await runInlineTest({
    'a.spec.ts': `${imports}
    import { writeFileSync, mkdirSync } from 'node:fs';
    import path from 'node:path';
    test('measures', async ({ measurements }, { project }) => {
      mkdirSync(project.outputDir, { recursive: true });
      writeFileSync(path.join(project.outputDir, '.measurements'), 'no folder');
      measurements.record('mark', 1, 'count');
      measurements.record('mark', 2, 'count');
    });
  `,
  });
  expect(tests.map(({ status, measurements }) => [status, measurements.map(({ value }) => value)])).toEqual([
    ['passed', [1, 2]],
  ]);
  expect(output).toMatch(
    /What this worker measures cannot be written to \S+\.measurements \(EEXIST[^)]*\): what is not attached to a test will be missing in the report\./,
  );
  expect(exitCode).toBe(0);
});
