import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from '../processes/index.ts';
import { expect, test } from '../testing/index.ts';
import { rootCandidates, rootFolder, RunFolder } from './folder.ts';
import { RunHost, sweepRuns } from './index.ts';

test.describe('where a run may stand', () => {
  test('where it was told to, else in memory, else in the temporary folder', ({ root }) => {
    expect(rootCandidates(root.path)).toEqual([root.path]);
    expect(rootCandidates(undefined)).toEqual(['/dev/shm', expect.any(String)]);
    expect(rootFolder([path.join(root.path, 'nowhere'), root.path])).toBe(root.path);
  });

  test('nowhere is said in one sentence, with the reason for each place', ({ root }) => {
    const missing = path.join(root.path, 'missing');
    const file = path.join(root.path, 'file');
    const long = path.join(root.path, 'x'.repeat(100));
    writeFileSync(file, '');
    mkdirSync(long);
    expect(() => rootFolder([missing, file, long])).toThrow(expect.objectContaining({
      name: 'Environment unavailable',
      message: `There is no place for this run (${missing} does not exist; ${file} is no folder; ${long} is too long for the address of a socket): point PROVING_GROUND_FOLDER at a writable folder with 256 MB free.`,
    }));
  });

  test('not where it may not write, nor where there is no room', ({ root }) => {
    // Root may write everywhere, and only root may mount.
    const [folder, reason] = root.mount(20) ? [root.path, 'has 20 MB free'] : [path.join(root.path, 'closed'), 'cannot be written'];
    mkdirSync(folder, { recursive: true });
    if (folder !== root.path) chmodSync(folder, 0o500);
    expect(() => rootFolder([folder])).toThrow(expect.objectContaining({ message: expect.stringContaining(`(${folder} ${reason})`) }));
  });
});

test.describe('sweeping', () => {
  test('removes what dead runs left, processes first, and touches nothing else', async ({ root }) => {
    await using living = await RunHost.open({}, root.path);
    const dead = RunFolder.create(root.path);
    const sleeper = startSleeper(dead.path);
    dead.recordProcess('postgres', sleeper);
    writeFileSync(dead.socket, ''); // nobody answers there
    const others = ['proving-ground-backup', 'proving-ground-12345678-mine', 'unrelated'].map((name) => path.join(root.path, name));
    for (const other of others) mkdirSync(other);

    await sweepRuns(root.path);

    expect(isAlive(sleeper)).toBe(false);
    expect(root.runs.map(({ path: folder }) => folder)).toEqual([living.folder.path]);
    for (const other of others) expect(existsSync(other), other).toBe(true);
  });

  test('lets a run be that is just being made', async ({ root }) => {
    const young = RunFolder.create(root.path);
    await sweepRuns(root.path);
    expect(existsSync(young.path)).toBe(true);
  });

  test('ends no process that got the id of one of ours', async ({ root }) => {
    const dead = RunFolder.create(root.path);
    const stranger = startSleeper(root.path); // its arguments do not mention the run's folder
    dead.recordProcess('postgres', stranger);
    await dead.remove();
    expect(existsSync(dead.path)).toBe(false);
    expect(isAlive(stranger)).toBe(true);
  });

  test('of a folder that is not there finds nothing', async ({ root }) => {
    await expect(sweepRuns(path.join(root.path, 'nowhere'))).resolves.toBeUndefined();
  });
});

/** A process with these arguments that does nothing; it ends with the test's `root` at the latest. */
function startSleeper(argument: string): number {
  const { pid } = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)', argument], { detached: true, stdio: 'ignore' });
  return pid!;
}
