import { expect, imports, test } from '../../testing/index.ts';

const specs = {
  'a.spec.ts': `${imports}
  import { Client, Pool } from ${JSON.stringify(import.meta.resolve('pg'))};

  test('a pool without a listener', async ({ postgres }) => {
    const pool = new Pool({ connectionString: postgres.url });
    await pool.query('SELECT 1');
    await postgres.query('CREATE TABLE more (id int)');
    await postgres.restore();
    await new Promise((resolve) => setTimeout(resolve, 10_000));
  });
  test('a snapshot', async ({ postgres }) => {
    await new Client({ connectionString: postgres.url, application_name: 'shop' }).on('error', () => {}).connect();
    await postgres.snapshot('before');
  });
  test.describe(() => {
    test.describe.configure({ mode: 'default' });
    test.use({ isolation: 'reset' });
    test('a transaction is left open', async ({ postgres }) => {
      const client = new Client({ connectionString: postgres.url, application_name: 'forgetful' });
      await client.on('error', () => {}).connect();
      await client.query('BEGIN; DELETE FROM messages');
    });
    test('the next test', async ({ postgres }) => {
      await postgres.query('SELECT 1');
    });
  });
`,
};

test('the report says which sessions were ended, and why, and so does the test that this ended', async ({
  runInlineTest,
}) => {
  const { tests } = await runInlineTest(specs);
  expect(tests.map(({ title, status }) => [title, status])).toEqual([
    ['a pool without a listener', 'failed'],
    ['a snapshot', 'passed'],
    ['a transaction is left open', 'passed'],
    ['the next test', 'passed'],
  ]);
  const [dead, snapshot, , next] = tests;
  expect(dead!.errors).toEqual([
    expect.stringMatching(
      /terminating connection due to administrator command: restore\(\) ends .*pool\.on\('error', \(\) => \{\}\)/,
    ),
  ]);
  expect(dead!.annotations['sessions ended']).toMatch(/^restore\(\) ends every session .*no application_name/);
  expect(snapshot!.annotations['sessions ended']).toMatch(/^snapshot\('before'\) ends .*pid \d+ \(shop, idle\)$/);
  expect(next!.annotations['sessions ended']).toMatch(
    /^the reset before this test ends .*pid \d+ \(forgetful, idle in transaction\)$/,
  );
});
