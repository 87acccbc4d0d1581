import { execFileSync } from 'node:child_process';
import pg from 'pg';
import { EnvironmentUnavailable } from '../../../lib/environment.ts';
import { expect, imports, test } from '../../../testing/index.ts';
import { connect, connectionOptions, onServer } from '../connection.ts';
import { Maintenance } from '../maintenance.ts';

/** Two tests; the server gets a signal during the first one. */
const specs = (signal: NodeJS.Signals, end = '') => ({
  'a.spec.ts': `${imports}
  import { readFileSync } from 'node:fs';

  test('loses its server', async ({ postgres }) => {
    const lock = process.env.PROVING_GROUND_RUN + '/postgres/postmaster.pid';
    const [pid, ...lines] = readFileSync(lock, 'utf8').split('\\n');
    console.log('segment=' + lines[5].trim().split(/\\s+/)[1]);
    process.kill(Number(pid), '${signal}');
    const ask = () => postgres.query('SELECT 1').then(() => 'answers', () => 'is gone');
    await expect.poll(ask, { intervals: [5], timeout: 20_000 }).toBe('is gone');
    ${end}
  });
  test('comes too late', async ({ postgres }) => { await postgres.query('SELECT 1'); });
`,
});

const unavailable = (reason: string) =>
  expect.stringMatching(
    new RegExp(
      String.raw`^Environment unavailable: PostgreSQL at 127\.0\.0\.1:\d+ is not able to work \(${reason}\): see whether it still runs, and start the tests again\.$`,
    ),
  );

test('a killed server is named in the failing test and all later ones', async ({ runInlineTest, root }) => {
  const { exitCode, tests, output } = await runInlineTest(
    specs('SIGKILL', "expect('what the test makes of it').toBe('red');"),
  );
  expect(tests).toMatchObject([
    { status: 'failed', errors: [expect.stringContaining('what the test makes of it'), unavailable('.+')] },
    { status: 'failed', errors: [unavailable('connect ECONNREFUSED .+')] },
  ]);
  expect(output.match(/Environment unavailable/g)).toHaveLength(2);
  expect(output).not.toContain('[cause]');
  expect(exitCode).toBe(1);
  expect(root.leftovers()).toEqual([]);
  const [, segment] = /segment=(\d+)/.exec(output)!;
  expect(sharedMemory()).not.toContain(segment);
});

/** The ids of all segments, in the second column. */
function sharedMemory(): (string | undefined)[] {
  return execFileSync('ipcs', ['-m'], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/)[1]);
}

test('a test unaffected by a stopped server passes, and the stop is reported', async ({ runInlineTest, root }) => {
  const { exitCode, tests } = await runInlineTest(specs('SIGQUIT'));
  expect(tests).toMatchObject([
    { status: 'passed', errors: [] },
    { status: 'failed', errors: [unavailable('received immediate shutdown request')] },
  ]);
  expect(exitCode).toBe(1);
  expect(root.leftovers()).toEqual([]);
});

test('a test that fills the disk is refused, and the next one has room', async ({ runInlineTest, root }) => {
  test.skip(!root.mount(600), 'needs a file system of its own, which only root may mount');
  const { exitCode, output } = await runInlineTest({
    'a.spec.ts': `${imports}
    test('writes too much', async ({ postgres }) => {
      const query = postgres.query("CREATE TABLE big AS SELECT repeat('x', 1000) FROM generate_series(1, 1000000)");
      await expect(query).rejects.toMatchObject({ code: '53100', message: expect.stringContaining('No space left on device') });
      await expect(postgres).toBeUnchanged();
    });
    test('comes next', async ({ postgres }) => { await expect(postgres).toHaveRows('users', 3); });
  `,
  });
  expect(output).toContain('2 passed');
  expect(exitCode).toBe(0);
  expect(root.leftovers()).toEqual([]);
});

test.describe('housekeeping on a server', () => {
  const on = (error: Error) =>
    onServer({ host: 'db', port: 5432 }, async () => {
      throw error;
    });
  const databaseError = (code: string, message: string) =>
    Object.assign(new pg.DatabaseError(message, 0, 'error'), { code });

  for (const [error, sentence] of [
    [
      databaseError('53100', 'could not extend file "base/1/2": No space left on device'),
      'PostgreSQL at db:5432 is not able to work (could not extend file "base/1/2": No space left on device): ' +
        'free some disk space, or point PROVING_GROUND_FOLDER at a folder with more room.',
    ],
    [
      databaseError('53300', 'sorry, too many clients already'),
      'PostgreSQL at db:5432 is not able to work (sorry, too many clients already): raise its max_connections, or ' +
        'use fewer --workers.',
    ],
    [
      databaseError('53200', 'out of shared memory'),
      'PostgreSQL at db:5432 is not able to work (out of shared memory): give it a higher max_locks_per_transaction, ' +
        'such as 1024.',
    ],
    [
      databaseError('28P01', 'password authentication failed for user "ana"'),
      'PostgreSQL at db:5432 is not able to work (password authentication failed for user "ana"): check ' +
        'TEST_POSTGRES_USER and TEST_POSTGRES_PASSWORD.',
    ],
    [
      databaseError('57P01', 'terminating connection due to administrator command'),
      'PostgreSQL at db:5432 is not able to work (terminating connection due to administrator command): see ' +
        'whether it still runs, and start the tests again.',
    ],
    [
      new AggregateError([
        new Error('connect ECONNREFUSED ::1:5432'),
        new Error('connect ECONNREFUSED 127.0.0.1:5432'),
      ]),
      'PostgreSQL at db:5432 is not able to work (connect ECONNREFUSED ::1:5432; connect ECONNREFUSED ' +
        '127.0.0.1:5432): see whether it still runs, and start the tests again.',
    ],
    [
      new EnvironmentUnavailable('What was said once (ECONNREFUSED) is not said twice.'),
      'What was said once (ECONNREFUSED) is not said twice.',
    ],
  ] as const) {
    test(`a broken server is reported: ${sentence}`, async () => {
      await expect(on(error)).rejects.toThrow(
        expect.objectContaining({ name: 'Environment unavailable', message: sentence }),
      );
    });
  }

  test('a failing statement is not taken for a broken server', async () => {
    const error = databaseError('42P01', 'relation "user" does not exist');
    await expect(on(error)).rejects.toBe(error);
  });

  test('an exhausted test database is not taken for a broken server', async ({ postgres, _postgresServer }) => {
    await using maintenance = new Maintenance(_postgresServer, 'test');
    await maintenance.query(`ALTER DATABASE "${postgres.name}" CONNECTION LIMIT 0`);
    const refused = onServer(_postgresServer, () =>
      connect(connectionOptions(_postgresServer, _postgresServer.testRole, postgres.name)),
    );
    await expect(refused).rejects.toMatchObject({
      name: 'error',
      code: '53300',
      message: `too many connections for database "${postgres.name}"`,
    });
  });
});
