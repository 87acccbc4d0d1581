import { expect, imports, test } from '../../testing/index.ts';

const sentence = (reason: string) => new RegExp(String.raw`^Environment unavailable: PostgreSQL at 127\.0\.0\.1:\d+ is not able to work \(${reason}\): see whether it still runs, and start the tests again\.$`);

for (const [signal, reason] of [['SIGKILL', '.+'], ['SIGQUIT', 'received immediate shutdown request']] as const) {
  test(`a server that gets ${signal} in the middle of a test is told from a test that fails`, async ({ runInlineTest, root }) => {
    const { exitCode, tests, output } = await runInlineTest({ 'a.spec.ts': `${imports}
      import { readFileSync } from 'node:fs';

      test('loses its server', async ({ postgres }) => {
        process.kill(Number(readFileSync(process.env.PROVING_GROUND_RUN + '/processes/postgres', 'utf8')), '${signal}');
        await expect.poll(() => postgres.query('SELECT 1').then(() => 'answers', () => 'is gone'), { intervals: [5], timeout: 20_000 }).toBe('is gone');
        expect('what the test makes of it').toBe('red');
      });
      test('comes too late', async ({ postgres }) => { await postgres.query('SELECT 1'); });
    ` });

    expect(tests).toMatchObject([
      { status: 'failed', errors: [expect.stringContaining('what the test makes of it'), expect.stringMatching(sentence(reason))] },
      { status: 'failed', errors: [expect.stringMatching(sentence(reason))] },
    ]);
    expect(output.match(/Environment unavailable/g)).toHaveLength(2);
    expect(output).not.toContain('[cause]');
    expect(exitCode).toBe(1);
    expect(root.leftovers()).toEqual([]);
  });
}

test('a test that fills the disk is refused by PostgreSQL, and the next one has room again', async ({ runInlineTest, root }) => {
  test.skip(!root.mount(300), 'needs a file system of its own, which only root may mount');
  const { exitCode, output } = await runInlineTest({ 'a.spec.ts': `${imports}
    test('writes too much', async ({ postgres }) => {
      const query = postgres.query("CREATE TABLE big AS SELECT repeat('x', 1000) FROM generate_series(1, 1000000)");
      await expect(query).rejects.toMatchObject({ code: '53100', message: expect.stringContaining('No space left on device') });
      await expect(postgres).toBeUnchanged();
    });
    test('comes next', async ({ postgres }) => { await expect(postgres).toHaveRows('users', 3); });
  ` });
  expect(output).toContain('2 passed');
  expect(exitCode).toBe(0);
  expect(root.leftovers()).toEqual([]);
});
