import type { TaskBill } from '../cloud/index.ts';
import { type Measurement, readLedger, Recorder } from '../run/measurements/index.ts';
import { expect, imports, test } from '../testing/index.ts';
import { TaskMeter } from './task-meter.ts';

const bill: TaskBill = {
  arn: 'task-1',
  family: 'edit',
  vcpu: 0.25,
  memoryGb: 0.5,
  pullStartedAt: undefined,
  stoppedAt: undefined,
  stopCode: undefined,
};
const pullStartedAt = new Date(Date.now() - 90_000);
const stoppedAt = new Date(Date.now() + 90_000); // later than every reading
const attributes = {
  task: 'task-1',
  family: 'edit',
  vcpu: '0.25',
  memoryGb: '0.5',
  pullStartedAt: pullStartedAt.toISOString(),
};

/** A meter, and a function that reads it for tasks with these bills. */
function meterOf(): { read: (...bills: TaskBill[]) => readonly Measurement[] } {
  const recorder = new Recorder();
  let now: readonly TaskBill[] = [];
  recorder.addMeter(
    new TaskMeter(
      () => now,
      (...measurement) => recorder.record(...measurement),
    ).read,
  );
  return {
    read: (...bills) => {
      now = bills;
      return recorder.take()?.measurements ?? [];
    },
  };
}

test('a task is metered from the start of its pull to its end, without overlap', () => {
  const { read } = meterOf();
  expect(read(bill), 'before its pull').toEqual([]);
  const running = { ...bill, pullStartedAt };
  const over: TaskBill = { ...running, stoppedAt, stopCode: 'UserInitiated' };
  const readings = [running, running, over].map((now) => read(now));
  const reading = { name: 'task.time', value: expect.any(Number), unit: 's', attributes, scope: 'worker' };
  expect(readings).toEqual([
    [reading],
    [reading],
    [{ ...reading, attributes: { ...attributes, stoppedAt: stoppedAt.toISOString(), stopCode: 'UserInitiated' } }],
  ]);
  expect(milliseconds(readings.flat())).toBe(stoppedAt.getTime() - pullStartedAt.getTime());
  expect(readings[0]![0]!.value, 'what came before the first reading is in that').toBeGreaterThanOrEqual(90);
  expect(read(over), 'after its last reading').toEqual([]);
});

test('each task is metered on its own: at once if it ended unread, never if it was never pulled', () => {
  const { read } = meterOf();
  const running = { ...bill, pullStartedAt };
  read(running);
  const over: TaskBill = { ...running, stoppedAt, stopCode: 'EssentialContainerExited' };
  const readings = read(over, { ...over, arn: 'task-2' }, { ...over, arn: 'task-3', pullStartedAt: undefined });
  expect(readings.map(({ attributes: { task } }) => task)).toEqual(['task-1', 'task-2']);
  expect(milliseconds(readings.slice(1))).toBe(stoppedAt.getTime() - pullStartedAt.getTime());
});

test("a warm session's use goes to the tests that use it and the rest to its worker", async ({
  runInlineTest,
}, testInfo) => {
  const { tests } = await runInlineTest({
    'a.spec.ts': `${imports}
    test('opens it', async ({ session }) => { expect((await session.status()).status).toBe('active'); });
    test('finds it warm', async ({ session }) => { expect((await session.status()).status).toBe('active'); });
  `,
  });
  expect(tests).toMatchObject([
    { title: 'opens it', status: 'passed', errors: [] },
    { title: 'finds it warm', status: 'passed', errors: [] },
  ]);
  const rest = readLedger(testInfo.outputPath('run-1', 'results')).rest.map(({ measurement }) => measurement);

  const readings = [...tests.map(({ measurements }) => measurements), rest].map((all) =>
    all.filter(({ name }) => name === 'task.time'),
  );
  expect(readings).toMatchObject([
    [{ unit: 's' }],
    [{ unit: 's' }],
    [{ unit: 's', attributes: { stopCode: 'TerminationNotice' } }],
  ]);
  expect(new Set(readings.flat().map(({ attributes: { task } }) => task)).size, 'tasks').toBe(1);
  const last = readings[2]![0]!.attributes;
  expect(milliseconds(readings.flat())).toBe(Date.parse(last['stoppedAt']!) - Date.parse(last['pullStartedAt']!));
});

/** The sum of the readings. */
function milliseconds(readings: readonly Measurement[]): number {
  return readings.reduce((sum, { value }) => sum + Math.round(value * 1000), 0);
}
