import { execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import { expect, test } from '../../testing/index.ts';
import { isAlive, outputOf, recordOrKill, startProcess } from './index.ts';
import { waitFor } from '../../lib/wait.ts';

const isRoot = process.getuid?.() === 0;
const idle = () => spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)'], { stdio: 'pipe' });

test('a process that cannot be started is reported in one sentence', async () => {
  await expect(startProcess('The thing', () => spawn('/nowhere'))).rejects.toThrow(
    expect.objectContaining({
      name: 'Environment unavailable',
      message: 'The thing cannot be started (spawn /nowhere ENOENT): see whether it is installed and may be run.',
    }),
  );
});

test('a process that cannot be recorded is ended and reported in one sentence', async () => {
  let pid = 0;
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  await expect(
    startProcess('The thing', idle, (one) => {
      pid = one;
      throw full;
    }),
  ).rejects.toThrow(
    'This machine has reached a limit (ENOSPC: no space left on device, write): free some disk space, or point ' +
      'PROVING_GROUND_FOLDER at a folder with more room.',
  );
  expect(await waitFor(() => !isAlive(pid), 5_000)).toBe(true);
  expect(() =>
    recordOrKill(
      spawn('/nowhere').on('error', () => undefined),
      () => {
        throw full;
      },
    ),
  ).not.toThrow(); // it has no id
});

test('a lost message does not end the process that sent it', async () => {
  const child = await startProcess('The thing', idle);
  expect(() => child.emit('error', new Error('EPIPE'))).not.toThrow();
  child.kill('SIGKILL');
});

test("a program's own error stays its own", () => {
  expect(() => outputOf(process.execPath, ['--eval', 'process.exit(3)'])).toThrow(
    expect.objectContaining({ status: 3 }),
  );
});

/** The message of a process that starts another one, by each function, when a resource is used up. */
function underLimit(limit: string): string[] {
  const script = `
    import { execFileSync, fork, spawn } from 'node:child_process';
    import { readdirSync } from 'node:fs';
    import { outputOf, startProcess } from ${JSON.stringify(path.resolve(import.meta.dirname, 'index.ts'))};
    execFileSync('prlimit', ['--pid', String(process.pid), ${limit}]);
    const starts = [
      () => startProcess('It', () => spawn('/bin/true')),
      () => startProcess('It', () => fork('/dev/null')),
      async () => outputOf('/bin/true', []),
    ];
    for (const start of starts) await start().then(() => console.log('started'), (error) => console.log(String(error)));
  `;
  return execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    encoding: 'utf8',
    env: { ...process.env, TSX_DISABLE_CACHE: '1' },
  })
    .trim()
    .split('\n');
}

test('a lack of file descriptors is reported in one sentence', () => {
  test.skip(process.platform !== 'linux', 'only Linux lets a process have its limit changed');
  const sentence = (call: string) =>
    `Environment unavailable: This machine has reached a limit (${call} EMFILE): raise the limit of open files ` +
    '(ulimit -n), or use fewer --workers.';
  expect(underLimit("`--nofile=${readdirSync('/proc/self/fd').length - 1}:`")).toEqual([
    sentence('spawn /bin/true'),
    sentence(`spawn ${process.execPath}`),
    sentence('spawnSync /bin/true'),
  ]);
});

test('a lack of processes is reported in one sentence', () => {
  test.skip(
    process.platform !== 'linux' || isRoot,
    'only an ordinary user has such a limit, and only on Linux can it be changed',
  );
  const sentence = (call: string) =>
    `Environment unavailable: This machine has reached a limit (${call} EAGAIN): raise the limit of processes ` +
    '(ulimit -u, or that of the container), or use fewer --workers.';
  expect(underLimit("'--nproc=1:'")).toEqual([
    sentence('spawn /bin/true'),
    sentence(`spawn ${process.execPath}`),
    sentence('spawnSync /bin/true'),
  ]);
});
