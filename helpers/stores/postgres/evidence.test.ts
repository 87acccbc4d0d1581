import { expect, imports, test } from '../../testing/index.ts';

/** Tests that fail in states in which their database is hard to read. */
const specs = {
  'a.spec.ts': `${imports}
  import { Client } from 'pg';

  test('fails in a transaction', async ({ postgres }) => {
    const client = await postgres.pool.connect();
    await client.query('BEGIN; TRUNCATE messages');
    throw new Error('what the test makes of it');
  });
  test('fails without connections', async ({ postgres }) => {
    await postgres.query('DELETE FROM messages WHERE id = 5');
    for (;;) await new Client(postgres.url).on('error', () => {}).connect();
  });
  test.describe(() => {
    test.use({ isolation: 'rollback' });
    test('fails and is rolled back', async ({ postgres }) => {
      await postgres.query("SET search_path = 'nowhere'; DELETE FROM public.messages WHERE id = 5");
      throw new Error('what the test makes of it');
    });
  });
`,
};

test('a failed test has its evidence, however it ended', async ({ runInlineTest, root }) => {
  const { tests } = await runInlineTest(specs);

  const url = /^postgresql:\S+_kept_\S+\n`npm run kept`/;
  const difference = expect.stringMatching(/^messages {2}1 deleted\n {2}- id: 5, [^\n]*$/);
  expect(tests).toMatchObject([
    {
      errors: [expect.stringContaining('what the test makes of it')],
      texts: {
        'PostgreSQL difference': 'The difference could not be read: canceling statement due to lock timeout',
        'database kept': expect.stringMatching(url),
      },
    },
    {
      errors: [expect.stringContaining('too many connections for database')],
      texts: { 'PostgreSQL difference': difference, 'database kept': expect.stringMatching(url) },
    },
    {
      errors: [expect.stringContaining('what the test makes of it')],
      texts: {
        'PostgreSQL difference': difference,
        'database kept': "Not kept: with isolation 'rollback' nothing of a test is ever committed.",
      },
    },
  ]);
  expect(root.leftovers()).toEqual([]);
});
