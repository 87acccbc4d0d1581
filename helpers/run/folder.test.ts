import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from './processes/index.ts';
import { expect, test } from '../testing/index.ts';
import { RunFolder, RunHost, sweepRuns } from './index.ts';

test.describe('sweeping', () => {
  test("a sweep ends dead runs' processes, then removes their folders, and nothing else", async ({
    root,
    runParts,
  }) => {
    await using living = await RunHost.open({}, root.path);
    const dead = RunFolder.create(root.path);
    const sleeper = startSleeper(dead.path);
    dead.recordProcess('postgres', sleeper);
    writeFileSync(dead.socket, ''); // no process listens on it
    const others = ['proving-ground-backup', 'proving-ground-12345678-mine', 'unrelated'].map((name) =>
      path.join(root.path, name),
    );
    for (const other of others) mkdirSync(other);

    await sweepRuns(root.path, runParts);

    expect(isAlive(sleeper)).toBe(false);
    expect(root.runs.map(({ path: folder }) => folder)).toEqual([living.folder.path]);
    for (const other of others) expect(existsSync(other), other).toBe(true);
  });

  test('a record is forgotten with its process, unless another process has the name', async ({ root }) => {
    const folder = RunFolder.create(root.path);
    folder.recordProcess('one', process.pid);
    folder.forgetProcess('one', process.pid + 1);
    expect(folder.process('one')).toMatchObject({ pid: process.pid });
    folder.forgetProcess('one', process.pid);
    expect(folder.process('one')).toBeUndefined();
  });

  test('a sweep leaves a run that is being created', async ({ root }) => {
    const young = RunFolder.create(root.path);
    await sweepRuns(root.path);
    expect(existsSync(young.path)).toBe(true);
  });

  test('a sweep of a missing folder finds nothing', async ({ root }) => {
    await expect(sweepRuns(path.join(root.path, 'nowhere'))).resolves.toBeUndefined();
  });
});

/** An idle process with these arguments; it ends with the test's `root` at the latest. */
function startSleeper(argument: string): number {
  const { pid } = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)', argument], {
    detached: true,
    stdio: 'ignore',
  });
  return pid!;
}
