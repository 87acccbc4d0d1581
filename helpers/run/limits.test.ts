import { expect, imports, test } from '../testing/index.ts';

const isRoot = process.getuid?.() === 0;

/** What a spec may do to the process that all workers share, and to its disk. */
const limits = `${imports}
  import { execFileSync } from 'node:child_process';
  import { closeSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';

  const runner = String(process.ppid);
  const limit = (value) => execFileSync('prlimit', ['--pid', runner, value]);
  const openFiles = () => readdirSync('/proc/' + runner + '/fd').length;
  const filler = process.env.PROVING_GROUND_RUN + '/filler';
  const fill = () => {
    const file = openSync(filler, 'w');
    try { for (const chunk = Buffer.alloc(1_000_000); ;) writeSync(file, chunk); } catch { closeSync(file); }
  };
`;

const sentence = (reason: string, mend: string) => expect.stringMatching(new RegExp(String.raw`^Environment unavailable: This machine has reached a limit \(.*${reason}.*\): ${mend}.*, or use fewer --workers\.$`));

for (const fixture of ['postgres', 'clickhouse']) {
  test.describe(`a ${fixture} that is asked for`, () => {
    test.skip(process.platform !== 'linux', 'only Linux lets a process have its limits changed');

    test('when no more files can be opened is one sentence, and nothing is left', async ({ runInlineTest, root }) => {
      const { exitCode, tests, output } = await runInlineTest({ 'a.spec.ts': `${limits}
        test.beforeAll(() => { limit('--nofile=' + (openFiles() + 1) + ':'); });
        test.afterAll(() => { limit('--nofile=1024:'); });
        test('needs it', async ({ ${fixture} }) => { await ${fixture}.query('SELECT 1'); });
      ` });
      expect(tests, output).toMatchObject([{ status: 'failed', errors: [sentence('EMFILE', 'raise the limit of open files')] }]);
      expect(exitCode).toBe(1);
      expect(root.leftovers()).toEqual([]);
    });

    test('when no more processes can be started is one sentence, and nothing is left', async ({ runInlineTest, root }) => {
      test.skip(isRoot, 'root has no such limit');
      const { exitCode, tests, output } = await runInlineTest({ 'a.spec.ts': `${limits}
        test.beforeAll(() => { limit('--nproc=1:'); });
        test('needs it', async ({ ${fixture} }) => { await ${fixture}.query('SELECT 1'); });
      ` });
      expect(tests, output).toMatchObject([{ status: 'failed', errors: [sentence('EAGAIN', 'raise the limit of processes')] }]);
      expect(exitCode).toBe(1);
      expect(root.leftovers()).toEqual([]);
    });
  });
}

test('a worker that can start no more processes says so of its platform in one sentence, and nothing is left', async ({ runInlineTest, root }) => {
  test.skip(process.platform !== 'linux' || isRoot, 'only an ordinary user has such a limit, and only on Linux can it be changed');
  const { exitCode, tests, output } = await runInlineTest({ 'a.spec.ts': `${limits}
    test.beforeEach(async ({ postgres, clickhouse }) => { execFileSync('prlimit', ['--pid', String(process.pid), '--nproc=1:']); });
    test('needs it', async ({ platform }) => { expect(platform.url).toBeDefined(); });
  ` });
  expect(tests, output).toMatchObject([{ status: 'failed', errors: [sentence('EAGAIN', 'raise the limit of processes')] }]);
  expect(exitCode).toBe(1);
  expect(root.leftovers()).toEqual([]);
});

test('a disk that is full from the middle on is one sentence in each test that needs it, and nothing is left', async ({ runInlineTest, root }) => {
  test.skip(!root.mount(700), 'only root may mount a small disk');
  const { exitCode, tests, output } = await runInlineTest({ 'a.spec.ts': `${limits}
    test('fills it', async ({ postgres }) => { fill(); });
    test('needs PostgreSQL', async ({ postgres }) => { await postgres.query('SELECT 1'); });
    test.describe('anew', () => {
      test.use({ schema: 'user_management', dataset: 'multi_user' });
      test('needs another template', async ({ postgres }) => { await postgres.query('SELECT 1'); });
    });
    test('needs a platform', async ({ platform }) => { expect(platform.url).toBeDefined(); });
  ` });
  const unavailable = expect.stringMatching(/^Environment unavailable: .*(No space left|ENOSPC).*: free some disk space, or point PROVING_GROUND_FOLDER at a folder with more room\.$/);
  expect(tests.slice(2).map(({ errors }) => errors), output).toEqual([[unavailable], [unavailable]]);
  expect(output).not.toContain('at /');
  expect(exitCode).toBe(1);
  expect(root.leftovers()).toEqual([]);
});
