import type { ClickHouseConnection } from '../index.ts';
import { expect, imports, type InnerResult, test } from '../../../testing/index.ts';
import { Ports } from '../../../testing/ports.ts';
import { checkClickHouse } from './index.ts';
import { findLibrary } from './library.ts';

const specs = {
  'a.spec.ts': `${imports}
  test('needs a database', async ({ clickhouse }) => { await clickhouse.query('SELECT 1'); });
  test('needs one, too', async ({ clickhouse }) => { await clickhouse.query('SELECT 1'); });
`,
};

function remote({ url, admin }: ClickHouseConnection): Record<string, string> {
  return {
    TARGET: 'remote',
    TEST_CLICKHOUSE_URL: url,
    TEST_CLICKHOUSE_USER: admin.user,
    TEST_CLICKHOUSE_PASSWORD: admin.password,
  };
}

/** A run that prints only the sentence: no stack, and no second report for the second test. */
function refusal(sentence: string): Partial<InnerResult> {
  return { exitCode: 1, output: `Environment unavailable: ${sentence}` };
}

const checkAddress = 'check TEST_CLICKHOUSE_URL, or TEST_CLICKHOUSE_HOST, _PORT, _USER and _PASSWORD.';

test.describe('an unavailable ClickHouse', () => {
  test.afterEach(({ root }) => {
    expect(root.leftovers()).toEqual([]);
  });

  test('a wrong password is reported once, before any test', async ({ runInlineTest, clickhouseServer }) => {
    const result = await runInlineTest(specs, {
      env: { ...remote(clickhouseServer), TEST_CLICKHOUSE_PASSWORD: 'wrong' },
    });
    expect(result).toMatchObject(
      refusal(
        `ClickHouse at ${new URL(clickhouseServer.url).host} cannot be used (${clickhouseServer.admin.user}: ` +
          `Authentication failed: password is incorrect, or there is no user with such name): ${checkAddress}`,
      ),
    );
  });

  test('a user without CREATE DATABASE is reported once, before any test', async ({
    runInlineTest,
    clickhouseServer,
  }) => {
    const { user, password } = clickhouseServer.testRoles[0]!;
    const result = await runInlineTest(specs, {
      env: { ...remote(clickhouseServer), TEST_CLICKHOUSE_USER: user, TEST_CLICKHOUSE_PASSWORD: password },
    });
    expect(result).toMatchObject(
      refusal(
        `ClickHouse at ${new URL(clickhouseServer.url).host} does not let ${user} CREATE DATABASE: grant it ` +
          'there, with GRANT OPTION, or use another user.',
      ),
    );
  });

  test('an unreachable address is reported once, before any test', async ({ runInlineTest }) => {
    using ports = await Ports.open();
    const result = await runInlineTest(specs, {
      env: { TARGET: 'remote', TEST_CLICKHOUSE_HOST: '127.0.0.1', TEST_CLICKHOUSE_PORT: String(ports.closed) },
    });
    expect(result).toMatchObject(
      refusal(
        `ClickHouse at 127.0.0.1:${ports.closed} cannot be used (connect ECONNREFUSED ` +
          `127.0.0.1:${ports.closed}): ${checkAddress}`,
      ),
    );
  });

  test('a malformed URL is reported once, before any test', async ({ runInlineTest }) => {
    const result = await runInlineTest(specs, {
      env: { TARGET: 'remote', TEST_CLICKHOUSE_URL: 'tcp://127.0.0.1:9000' },
    });
    expect(result).toMatchObject(
      refusal('TEST_CLICKHOUSE_URL=… is malformed: expected http://user:password@host:port.'),
    );
  });
});

test('a remote server that cannot store users is reported when they are created', async ({
  runInlineTest,
  clickhouseServer,
  root,
}) => {
  const { exitCode, tests } = await runInlineTest(specs, { env: remote(clickhouseServer) });
  expect(exitCode).toBe(1);
  expect(tests[0]!.errors).toEqual([
    `Environment unavailable: ClickHouse at ${new URL(clickhouseServer.url).host} keeps no users but those of its ` +
      'configuration: give it a writable user directory, or use another server.',
  ]);
  expect(root.leftovers()).toEqual([]);
});

test('PostgreSQL specs need no ClickHouse, and a spec that needs it fails with the reason', async ({
  runInlineTest,
  server,
  root,
}) => {
  const { host, port, admin } = server;
  const { exitCode, tests } = await runInlineTest(
    {
      'a.spec.ts': `${imports}
    test('needs PostgreSQL', async ({ postgres }) => { await postgres.query('SELECT 1'); });
    test('needs ClickHouse', async ({ clickhouse }) => { await clickhouse.query('SELECT 1'); });
  `,
    },
    {
      env: {
        TARGET: 'remote',
        TEST_POSTGRES_HOST: host,
        TEST_POSTGRES_PORT: String(port),
        TEST_POSTGRES_USER: admin.user,
        TEST_POSTGRES_PASSWORD: admin.password,
      },
    },
  );
  expect(exitCode).toBe(1);
  expect(tests).toMatchObject([
    { title: 'needs PostgreSQL', status: 'passed' },
    {
      title: 'needs ClickHouse',
      status: 'failed',
      errors: [
        'Environment unavailable: TARGET=remote needs to know its ClickHouse: set TEST_CLICKHOUSE_URL, or ' +
          'TEST_CLICKHOUSE_HOST with _PORT, _USER and _PASSWORD.',
      ],
    },
  ]);
  expect(root.leftovers()).toEqual([]);
});

test.describe('a full disk', () => {
  const disk = `${imports}
    import { rmSync, writeFileSync } from 'node:fs';
    const filler = () => process.env.PROVING_GROUND_RUN + '/filler';
    const fill = () => { try { writeFileSync(filler(), Buffer.alloc(800_000_000)); } catch {} };
    const free = () => rmSync(filler());
  `;

  test.beforeEach(({ root }) => {
    test.skip(!root.mount(700), 'only root may mount a small disk');
  });

  test('a full disk is reported at the start', async ({ runInlineTest, root }) => {
    const { exitCode, tests } = await runInlineTest({
      'a.spec.ts': `${disk}
      test.beforeAll(fill);
      test('needs a server', async ({ clickhouse }) => { await clickhouse.query('SELECT 1'); });
    `,
    });
    expect(exitCode).toBe(1);
    expect(tests).toMatchObject([
      {
        status: 'failed',
        errors: [
          expect.stringMatching(
            /^Environment unavailable: (This machine has reached a limit|ClickHouse did not start) .*: .*\.$/,
          ),
        ],
      },
    ]);
    expect(root.leftovers()).toEqual([]);
  });

  test('a disk that fills up is reported, and tests pass again once there is room', async ({ runInlineTest, root }) => {
    const { exitCode, tests } = await runInlineTest({
      'a.spec.ts': `${disk}
      test('runs out of room', async ({ clickhouse }) => {
        fill();
        const insert = clickhouse.client.command({ query: 'INSERT INTO users (id, display_name) SELECT number, randomString(1000) FROM numbers(200000)' });
        await expect(insert).rejects.toThrow(/No space left on device|Cannot reserve/);
        free();
        await clickhouse.restore();
        await expect(clickhouse).toBeUnchanged();
      });
      test('goes on', async ({ clickhouse }) => { await expect(clickhouse).toBeValid(); });
    `,
    });
    expect(tests.flatMap(({ errors }) => errors)).toEqual([]);
    expect(exitCode).toBe(0);
    expect(root.leftovers()).toEqual([]);
  });
});

test.describe('other trouble', () => {
  test('a platform without an engine is reported in one sentence', () => {
    expect(() => findLibrary('plan9', 'vax')).toThrow(
      expect.objectContaining({
        name: 'Environment unavailable',
        message:
          "ClickHouse's engine for plan9-vax is not installed: install the package @chdb/lib-plan9-vax where npm " +
          'has it (npm ci does on Linux x64), or set TARGET=docker, or TARGET=remote with TEST_CLICKHOUSE_URL.',
      }),
    );
  });

  test('an unknown host is reported in one sentence', async () => {
    const host = `${'x'.repeat(64)}.invalid`; // no name server needs to be asked: a label has 63 characters at most
    await expect(checkClickHouse({ target: 'remote', clickhouse: { host } } as never)).rejects.toThrow(
      expect.objectContaining({
        message: `ClickHouse at ${host}:8123 cannot be used (getaddrinfo ENOTFOUND ${host}): ${checkAddress}`,
      }),
    );
  });
});
