import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { identify, isAlive } from './processes/index.ts';
import { expect, test } from '../testing/index.ts';
import { RunFolder, RunHost, sweepRuns } from './index.ts';

const isRoot = process.getuid?.() === 0;

test.describe('a sweep', () => {
  test('a sweep does not follow symbolic links, and continues after one', async ({ root, runParts }) => {
    const elsewhere = path.join(root.path, 'elsewhere');
    mkdirSync(elsewhere);
    const target = RunFolder.create(elsewhere);
    const sleeper = startProcess();
    target.recordProcess('postgres', sleeper);
    const link = path.join(root.path, 'proving-ground-00000000');
    symlinkSync(target.path, link);
    for (const [name, place] of [
      ['1', path.join(root.path, 'nowhere')],
      ['2', '/proc/1/root'],
      ['3', link],
    ] as const)
      symlinkSync(place, path.join(root.path, `proving-ground-0000000${name}`));
    writeFileSync(target.socket, ''); // no process listens on it

    await sweepRuns(root.path, runParts);

    expect(isAlive(sleeper), 'what a run behind a link has recorded is alive').toBe(true);
    expect(existsSync(target.path)).toBe(true);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    await using run = await RunHost.open({}, root.path);
    expect(existsSync(run.folder.socket)).toBe(true);
  });

  test('a sweep leaves files, and folders that other users own or can write to', async ({ root, runParts }) => {
    const file = path.join(root.path, 'proving-ground-00000001');
    writeFileSync(file, '');
    const open = dead(root.path);
    const sleeper = startProcess();
    open.recordProcess('postgres', sleeper);
    chmodSync(open.path, 0o777);
    const others = dead(root.path);
    if (isRoot) chownSync(others.path, 65534, 65534);
    else chmodSync(others.path, 0o771);

    await sweepRuns(root.path, runParts);

    for (const one of [file, open.path, others.path]) expect(existsSync(one), one).toBe(true);
    expect(isAlive(sleeper)).toBe(true);
  });

  test('a sweep removes the other folders when one cannot be removed', async ({ root, runParts }) => {
    const bad = dead(root.path);
    const closed = path.join(bad.path, 'closed');
    mkdirSync(path.join(closed, 'inside'), { recursive: true });
    const undo = makeUnremovable(closed);
    test.skip(undo === undefined, 'root may remove everything where it may not mount');
    try {
      const good = dead(root.path);
      await sweepRuns(root.path, runParts);
      expect(existsSync(good.path)).toBe(false);
      await using run = await RunHost.open({}, root.path);
      expect(root.runs.map(({ id }) => id).toSorted()).toEqual([bad.id, run.folder.id].toSorted());
    } finally {
      undo!();
    }
    await sweepRuns(root.path, runParts);
    expect(root.runs, 'the next start tries again').toEqual([]);
  });
});

test.describe("a dead run's recorded processes", () => {
  test("a dead run's process is ended, and one that only names its folder is not", async ({ root, runParts }) => {
    const run = dead(root.path);
    const [server, reader, successor] = [
      startProcess(),
      startProcess(run.path),
      startProcess(path.join(run.path, 'postgres')),
    ];
    run.recordProcess('postgres', server);
    recordAnother(run, 'clickhouse', successor); // it has the id of a process that has ended
    await sweepRuns(root.path, runParts);
    expect(existsSync(run.path)).toBe(false);
    expect(isAlive(server)).toBe(false);
    expect([reader, successor].filter(isAlive)).toEqual([reader, successor]);
  });

  test('a process record written by another user, or behind a link, is ignored', async ({ root, runParts }) => {
    const run = dead(root.path);
    const sleeper = startProcess();
    const note = path.join(root.path, 'note');
    run.recordProcess('note', sleeper);
    renameSync(path.join(run.path, 'processes', 'note'), note);
    symlinkSync(note, path.join(run.path, 'processes', 'postgres'));
    mkdirSync(path.join(run.path, 'processes', 'folder'));
    for (const text of ['', '1', '{', `{"pid":${sleeper}}`, `{"pid":-1,"start":"","owner":{"pid":1,"start":""}}`])
      writeFileSync(path.join(run.path, 'processes', `text-${text.length}`), text);
    if (isRoot) {
      run.recordProcess('planted', sleeper);
      chownSync(path.join(run.path, 'processes', 'planted'), 65534, 65534);
    }
    await sweepRuns(root.path, runParts);
    expect(existsSync(run.path)).toBe(false);
    expect(isAlive(sleeper)).toBe(true);
  });

  test("a successor ends the processes of its dead worker, and no other worker's", async ({ root, runParts }) => {
    const run = RunFolder.create(root.path);
    const [orphan, other] = [startProcess(), startProcess()];
    run.recordProcess('platform-1-gateway', other);
    const record = run.process('platform-1-gateway')!;
    writeFileSync(
      path.join(run.path, 'processes', 'platform-0-gateway'),
      JSON.stringify({ ...identify(orphan), owner: { ...record.owner, start: 'long ago' } }),
    );
    await run.endOrphans('platform-', runParts.processes);
    expect(isAlive(orphan)).toBe(false);
    expect(isAlive(other)).toBe(true);
  });
});

test('a run of another machine in the same folder is left alone', async ({ root, runParts }) => {
  const [others, ours] = [dead(root.path), dead(root.path)];
  writeFileSync(path.join(others.path, 'machine'), JSON.stringify({ host: 'another', boot: 'another' }));
  await sweepRuns(root.path, runParts);
  expect(root.runs.map(({ id }) => id)).toEqual([others.id]);
  expect(existsSync(ours.path)).toBe(false);
});

/** A run whose process has been killed: its socket does not answer. */
function dead(root: string): RunFolder {
  const folder = RunFolder.create(root);
  writeFileSync(folder.socket, '');
  return folder;
}

const started: number[] = [];

test.afterEach(() => {
  for (const pid of started.splice(0).filter(isAlive)) process.kill(pid, 'SIGKILL');
});

/** An idle process with these arguments. */
function startProcess(...args: readonly string[]): number {
  const { pid } = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)', ...args], {
    detached: true,
    stdio: 'ignore',
  });
  started.push(pid!);
  return pid!;
}

/** Records an earlier process with the same id. */
function recordAnother(run: RunFolder, name: string, pid: number): void {
  run.recordProcess(name, pid);
  const record = run.process(name)!;
  writeFileSync(path.join(run.path, 'processes', name), JSON.stringify({ ...record, start: '1' }));
}

/**
 * Root can remove everything but mount points; other users nothing from a folder without write permission. Returns the
 * function that undoes it.
 */
function makeUnremovable(folder: string): (() => void) | undefined {
  if (!isRoot) {
    chmodSync(folder, 0o500);
    return () => chmodSync(folder, 0o700);
  }
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  return () => void execFileSync('umount', [folder]);
}
