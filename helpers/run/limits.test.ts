import { expect, imports, test } from '../testing/index.ts';

const isRoot = process.getuid?.() === 0;

/** Uses up limits of the worker's process and of the disk. */
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

const sentence = (reason: string, mend: string) =>
  expect.stringMatching(
    new RegExp(
      String.raw`^Environment unavailable: This machine has reached a limit \(.*${reason}.*\): ${mend}.*, or use fewer --workers\.$`,
    ),
  );

for (const fixture of ['postgres', 'clickhouse']) {
  test.describe(`${fixture} at a limit`, () => {
    test.skip(process.platform !== 'linux', 'only Linux lets a process have its limits changed');

    test(`${fixture} without free file descriptors fails in one sentence and leaves nothing`, async ({
      runInlineTest,
      root,
    }) => {
      const { exitCode, tests, output } = await runInlineTest({
        'a.spec.ts': `${limits}
        test.beforeAll(() => { limit('--nofile=' + (openFiles() + 1) + ':'); });
        test.afterAll(() => { limit('--nofile=1024:'); });
        test('needs it', async ({ ${fixture} }) => { await ${fixture}.query('SELECT 1'); });
      `,
      });
      expect(tests, output).toMatchObject([
        { status: 'failed', errors: [sentence('EMFILE', 'raise the limit of open files')] },
      ]);
      expect(exitCode).toBe(1);
      expect(root.leftovers()).toEqual([]);
    });

    test(`${fixture} without free processes fails in one sentence and leaves nothing`, async ({
      runInlineTest,
      root,
    }) => {
      test.skip(isRoot, 'root has no such limit');
      const { exitCode, tests, output } = await runInlineTest({
        'a.spec.ts': `${limits}
        test.beforeAll(() => { limit('--nproc=1:'); });
        test('needs it', async ({ ${fixture} }) => { await ${fixture}.query('SELECT 1'); });
      `,
      });
      expect(tests, output).toMatchObject([
        { status: 'failed', errors: [sentence('EAGAIN', 'raise the limit of processes')] },
      ]);
      expect(exitCode).toBe(1);
      expect(root.leftovers()).toEqual([]);
    });
  });
}

test('a platform without free processes fails in one sentence and leaves nothing', async ({ runInlineTest, root }) => {
  test.skip(
    process.platform !== 'linux' || isRoot,
    'only an ordinary user has such a limit, and only on Linux can it be changed',
  );
  const { exitCode, tests, output } = await runInlineTest({
    'a.spec.ts': `${limits}
    test.beforeEach(async ({ postgres, clickhouse }) => {
      execFileSync('prlimit', ['--pid', String(process.pid), '--nproc=1:']);
    });
    test('needs it', async ({ platform }) => { expect(platform.url).toBeDefined(); });
  `,
  });
  expect(tests, output).toMatchObject([
    { status: 'failed', errors: [sentence('EAGAIN', 'raise the limit of processes')] },
  ]);
  expect(exitCode).toBe(1);
  expect(root.leftovers()).toEqual([]);
});

test('a disk that fills up is reported to a test that needs it, and nothing is left', async ({
  runInlineTest,
  root,
}) => {
  test.skip(!root.mount(600), 'only root may mount a small disk');
  test.setTimeout(300_000);
  const { exitCode, tests, output } = await runInlineTest({
    'a.spec.ts': `${limits}
    test('fills it', async ({ postgres }) => { fill(); });
    test.describe('anew', () => {
      test.use({ schema: 'user_management', dataset: 'multi_user' });
      test('needs another template', async ({ postgres }) => { await postgres.query('SELECT 1'); });
    });
  `,
  });
  const unavailable = expect.stringMatching(
    /^Environment unavailable: .*(No space left|ENOSPC).*: free some disk space, or point PROVING_GROUND_FOLDER at a folder with more room\.$/,
  );
  expect(tests[1]!.errors, output).toContainEqual(unavailable);
  expect(exitCode).toBe(1);
  expect(root.leftovers()).toEqual([]);
});

test("PostgreSQL's write-ahead log takes a quarter of the room, whatever tests write", async ({
  runInlineTest,
  root,
}) => {
  test.skip(!root.mount(540), 'only root may mount a small disk');
  test.setTimeout(300_000);
  const { exitCode, tests, output } = await runInlineTest({
    'a.spec.ts': `${imports}
    test('writes more than the room', async ({ postgres }) => {
      test.setTimeout(240_000);
      for (let part = 0; part < 60; part++) await postgres.query("SELECT pg_logical_emit_message(false, 'test', repeat('x', 10000000))");
    });
    test('comes next', async ({ postgres }) => { await expect(postgres).toHaveRows('users', 3); });
  `,
  });
  expect(
    tests.map(({ errors }) => errors),
    output,
  ).toEqual([[], []]);
  expect(exitCode).toBe(0);
});
