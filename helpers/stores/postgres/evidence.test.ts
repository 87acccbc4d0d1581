import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, imports, test } from '../../testing/index.ts';
import { connect } from './connection.ts';

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

test('a failed test has its evidence, however it ended, and its database is served again', async ({
  runInlineTest,
  root,
}) => {
  const { tests, folder } = await runInlineTest(specs);

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

  await using kept = await Kept.serve(folder, root.path);
  const served = [...kept.output.matchAll(/^(postgresql:\S+)\n {2}(.*)$/gm)].map(([, at, of]) => ({ at, of }));
  expect(new Set(served.map(({ of }) => of)), kept.output).toEqual(
    new Set(['a.spec.ts › fails in a transaction', 'a.spec.ts › fails without connections']),
  );
  const { at } = served.find(({ of }) => of === 'a.spec.ts › fails without connections')!;
  expect(tests[1]!.texts['database kept'], 'the database that the report names').toContain(new URL(at!).pathname);
  const client = await connect({ connectionString: at! });
  expect((await client.query('SELECT FROM messages WHERE id = 5')).rows).toEqual([]);
  await client.end();
  expect(await kept.end()).toBe(0);
  expect(root.leftovers()).toEqual([]);
});

/** `npm run kept` for the run that has ended in a folder. */
class Kept implements AsyncDisposable {
  output = '';
  readonly #child;

  private constructor(cwd: string, root: string) {
    const command = fileURLToPath(new URL('../../commands/proving-ground.ts', import.meta.url));
    this.#child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), command, 'kept', 'results'], {
      cwd,
      env: { ...process.env, PROVING_GROUND_FOLDER: root },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }

  /** Resolves when it has said what it serves, or has ended. */
  static async serve(folder: string, root: string): Promise<Kept> {
    const kept = new Kept(folder, root);
    await new Promise<void>((resolve) => {
      kept.#child.once('close', () => resolve());
      kept.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
        kept.output += text;
        if (kept.output.includes('Ctrl-C')) resolve();
      });
    });
    return kept;
  }

  /** Ends it as Ctrl-C does; returns its exit code. */
  async end(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.kill('SIGINT')) await once(this.#child, 'close');
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}
