import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect, connectionOptions, literal, type ServerConnection } from '../../stores/postgres/connection.ts';
import { expect, imports, type InnerResult, test } from '../../testing/index.ts';
import { filesBelow, placesOf } from '../../testing/secrets.ts';

const kernel = fileURLToPath(new URL('../../platform/kernel', import.meta.url));
const costPerformance = fileURLToPath(new URL('../../../reporters/cost-performance/index.ts', import.meta.url));
const everyReport = [`--reporter=list,line,dot,github,${costPerformance},html,json,junit,blob`, '--trace=on'];
const everyFile = {
  PLAYWRIGHT_HTML_OPEN: 'never',
  PLAYWRIGHT_HTML_OUTPUT_DIR: 'playwright-report',
  PLAYWRIGHT_JSON_OUTPUT_NAME: 'report.json',
  PLAYWRIGHT_JUNIT_OUTPUT_NAME: 'junit.xml',
  PLAYWRIGHT_BLOB_OUTPUT_DIR: 'blob',
  FORCE_COLOR: '1',
};

/** Contains every character that an encoding changes, and enough letters and digits to search for. */
function newSecret(): string {
  return `${randomBytes(6).toString('hex')}@:/%'"<&+ ${randomBytes(6).toString('hex')}`;
}

/** Tests that fail in all usual ways, each close to a secret. */
const preamble = `${imports}
  import { createServer } from 'node:net';
  import { writeFileSync } from 'node:fs';
  import path from 'node:path';
  import { gzipSync } from 'node:zlib';
  import { createClient } from '@clickhouse/client';
  import pg from 'pg';

  const {
    TEST_CLICKHOUSE_PASSWORD: ofClickHouse,
    TEST_PLATFORM_PASSWORD: ofAccount,
    AWS_SECRET_ACCESS_KEY: ofCloud,
    DEPLOY_TOKEN: ofHost,
    CLICKHOUSE_HERE: clickhouse,
  } = process.env;

`;

const onDatabases = `${preamble}
  test('PostgreSQL', async ({ postgres }) => {
    await postgres.query("UPDATE users SET email = $1 || id", [postgres.url]);
    await expect.soft(postgres).toHaveRows('users', 99);
    expect.soft(postgres.pool.options).toEqual({});
    expect.soft({ url: postgres.url, ofCloud }).toEqual({ url: 'nowhere', ofCloud: '' });
    expect.soft(postgres.url).toBe(postgres.url.replace(/(\\w\\w)@/, '--@').replace('localhost', 'elsewhere'));
    await postgres.query("SELECT '" + postgres.url.replaceAll("'", "''") + "'::int");
  });
  test('a refused connection', async ({ postgres }) => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = new URL(postgres.url);
    url.port = String(server.address().port);
    await new Promise((resolve) => server.close(resolve));
    const cause = await new pg.Client({ connectionString: url.href }).connect().catch((error) => error);
    throw new Error('nothing at ' + url.href, { cause: new Error(cause + ' with ' + url.password) });
  });
  test('a password that ClickHouse refuses', async ({ request }) => {
    const answer = await request.post(clickhouse + '/?password=' + encodeURIComponent(ofClickHouse), { headers: { authorization: 'Basic ' + btoa('ana:' + ofClickHouse) }, data: 'SELECT 1' });
    expect.soft(answer.status()).toBe(200);
    await using client = createClient({ url: clickhouse, username: 'ana', password: ofClickHouse });
    await client.query({ query: 'SELECT 1' });
  });
  test('steps, output, attachments, files', async ({ postgres, measurements, _logs }, testInfo) => {
    _logs.set('a process', () => JSON.stringify({ env: process.env }));
    measurements.record('database.found', 1, 'ms', { at: postgres.url });
    testInfo.annotations.push({ type: 'database', description: postgres.url });
    console.log(process.env, postgres.url);
    console.error(ofHost);
    process.stdout.write(Buffer.from(JSON.stringify(JSON.stringify(postgres.url + ofCloud))));
    await testInfo.attach('body', { body: JSON.stringify(process.env), contentType: 'application/json' });
    await testInfo.attach('packed', { body: gzipSync(ofCloud), contentType: 'application/gzip' });
    const own = testInfo.outputPath('own.log');
    writeFileSync(own, 'at ' + postgres.url);
    await testInfo.attach('copied', { path: own });
    const strange = path.join(import.meta.dirname, 'strange.txt');
    writeFileSync(strange, ofHost);
    testInfo.attachments.push({ name: 'of somewhere else', path: strange, contentType: 'text/plain' });
    await test.step('connects to ' + postgres.url, () => { throw new Error(encodeURIComponent(postgres.url)); });
  });
  test('out of time', async ({ postgres }) => {
    test.setTimeout(500);
    await test.step(postgres.url, () => new Promise(() => {}));
  });
  test.describe(() => {
    test.afterAll(() => { throw new Error('in the end ' + ofCloud); });
    test('an error that no one awaits', async () => {
      const thrown = new Promise((resolve) => process.once('unhandledRejection', resolve));
      void Promise.reject(new Error(ofHost));
      await thrown;
      throw ofCloud;
    });
  });
`;

const onThePlatform = `${preamble}
  test('requests', async ({ request, tenant, platform }) => {
    const authorization = 'Bearer ' + tenant.token;
    const headers = { authorization, 'x-secret': encodeURIComponent(platform.secret) };
    const listed = await request.get(platform.url + '/api/v1/experiments', { headers });
    expect.soft(listed.status(), authorization).toBe(999);
    expect.soft(tenant).toEqual({});
    const login = await request.post(platform.url + '/api/v1/auth/login', { data: platform.account });
    expect.soft(login.status()).toBe(999);
    throw new Error(platform.secret);
  });
  test('live updates', async ({ updates, experiments, tenant }) => {
    await experiments.create({ name: 'named ' + tenant.token });
    await updates.waitFor({ state: 'there is none such' }, 1000);
  });
  test('a page', async ({ page, tenant, platform }) => {
    await page.goto('data:text/html,<input type=password><p></p>');
    await page.locator('input').fill(ofAccount);
    const shows = (p, text) => { p.textContent = text; console.log(text); };
    await page.locator('p').evaluate(shows, ofCloud + ' ' + tenant.token);
    await page.context().setExtraHTTPHeaders({ authorization: 'Bearer ' + tenant.token });
    await page.goto(platform.url + '/?token=' + tenant.token).catch(() => {});
    await expect(page.getByText(ofCloud)).toBeVisible({ timeout: 50 });
  });
`;

const onSessions = `${preamble}
  test('mail', async ({ mailbox, postgres }) => {
    await mailbox.send('The database is at ' + postgres.url);
    throw new Error('no reply');
  });
`;

const files = [
  'blob/',
  'junit.xml',
  'playwright-report/cost-performance.html',
  'playwright-report/cost-performance.json',
  'playwright-report/data/',
  'playwright-report/index.html',
  'report.json',
  'results/',
  'summary.md',
];
const given = (place: string): boolean => ['a.spec.ts', 'strange.txt'].includes(place);

/** The places of secrets in the files and the output of a run. */
function shownBy({ folder, output }: InnerResult, secrets: Readonly<Record<string, string>>): string[] {
  const all = [...filesBelow(folder)];
  for (const beginning of files)
    expect(all.map(({ place }) => place)).toContainEqual(expect.stringMatching(new RegExp(`^${beginning}`)));
  return placesOf(secrets, [
    ...all.filter(({ place }) => !given(place)),
    { place: 'terminal', bytes: Buffer.from(output) },
  ]);
}

/** A role with only the rights that a remote server must grant, and the environment of a run that uses it. */
async function remoteRole(
  server: ServerConnection,
  password: string,
): Promise<{ TARGET: string; TEST_POSTGRES_URL: string }> {
  const admin = await connect(connectionOptions(server, server.admin, 'postgres'));
  await admin.query(`CREATE ROLE ana LOGIN CREATEDB PASSWORD ${literal(password)}`);
  await admin.end();
  return {
    TARGET: 'remote',
    TEST_POSTGRES_URL: `postgresql://ana:${encodeURIComponent(password)}@${server.host}:${server.port}/postgres`,
  };
}

/** A secret in every form and every place that is masked separately. */
const inOneTest = `${preamble}
  import { createServer as createHttpServer } from 'node:http';
  import { realms } from ${JSON.stringify(`${kernel}/realms.ts`)};
  import { signToken } from ${JSON.stringify(`${kernel}/tokens.ts`)};

  test('fails', async ({ postgres, request }, testInfo) => {
    const server = createHttpServer((_, response) => response.end('answer')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const authorization = 'Basic ' + btoa('ana:' + ofCloud);
    await request.get('http://127.0.0.1:' + server.address().port, { headers: { authorization } });
    server.close();
    const ana = { user_id: 'ana', email: 'ana@example.com', roles: [], tenant_id: 'ana' };
    const token = signToken(ana, process.env.TEST_PLATFORM_SECRET, 60_000, realms.experiments);
    console.log(postgres.url, authorization, token);
    await testInfo.attach('log', { body: JSON.stringify({ ofCloud, token }), contentType: 'text/plain' });
    throw new Error('no answer of ' + postgres.url);
  });
`;

test('a test that fails on a remote database shows no password and no token in any output', async ({
  server,
  runInlineTest,
}, testInfo) => {
  const secrets = { postgres: newSecret(), cloud: newSecret(), platform: newSecret() };
  const result = await runInlineTest(
    { 'a.spec.ts': inOneTest },
    {
      args: everyReport,
      env: {
        ...everyFile,
        ...(await remoteRole(server, secrets.postgres)),
        TEST_PLATFORM_URL: 'http://127.0.0.1:9',
        TEST_PLATFORM_SECRET: secrets.platform,
        AWS_SECRET_ACCESS_KEY: secrets.cloud,
        GITHUB_STEP_SUMMARY: testInfo.outputPath('run-1', 'summary.md'),
      },
    },
  );
  expect(
    result.tests.map(({ status }) => status),
    result.output,
  ).toEqual(['failed']);
  expect(shownBy(result, secrets)).toEqual([]);
  expect(result.tests[0]!.texts['database kept']).toContain('//ana:***@');
});

test('tests that fail on remote databases show no password in any output', async ({
  server,
  clickhouseServer,
  runInlineTest,
}, testInfo) => {
  testInfo.setTimeout(300_000); // each failure starts a new worker
  const secrets = {
    postgres: newSecret(),
    clickhouse: newSecret(),
    account: newSecret(),
    cloud: newSecret(),
    host: newSecret(),
    session: newSecret(),
  };
  const result = await runInlineTest(
    { 'a.spec.ts': onDatabases },
    {
      args: everyReport,
      env: {
        ...everyFile,
        ...(await remoteRole(server, secrets.postgres)),
        TEST_CLICKHOUSE_PASSWORD: secrets.clickhouse,
        CLICKHOUSE_HERE: clickhouseServer.url,
        AWS_SECRET_ACCESS_KEY: secrets.cloud,
        AWS_SESSION_TOKEN: secrets.session,
        DEPLOY_TOKEN: secrets.host,
        GITHUB_STEP_SUMMARY: testInfo.outputPath('run-1', 'summary.md'),
      },
    },
  );
  expect(result.tests.map(({ status }) => status)).toEqual([
    'failed',
    'failed',
    'failed',
    'failed',
    'timedOut',
    'failed',
  ]);
  expect(shownBy(result, secrets)).toEqual([]);
  expect(result.tests[0]!.texts['database kept']).toMatch(
    /^postgresql:\/\/ana:\*\*\*@\S+_kept_\S+\nIt stays there until the next run starts; its password is that of TEST_POSTGRES_URL\.$/,
  );
  expect(
    readFileSync(path.join(result.folder, 'strange.txt'), 'utf8'),
    "a file that is not the run's stays as it is",
  ).toBe(secrets.host);
});

test('tests that fail on a deployed platform show no token and no secret in any output', async ({
  platform,
  runInlineTest,
}, testInfo) => {
  testInfo.setTimeout(300_000);
  const secrets = { platform: platform.secret, account: newSecret(), cloud: newSecret() };
  const result = await runInlineTest(
    { 'a.spec.ts': onThePlatform },
    {
      args: everyReport,
      env: {
        ...everyFile,
        TARGET: 'remote',
        TEST_PLATFORM_URL: platform.url,
        TEST_PLATFORM_SECRET: secrets.platform,
        TEST_PLATFORM_EMAIL: 'ana@example.com',
        TEST_PLATFORM_PASSWORD: secrets.account,
        AWS_SECRET_ACCESS_KEY: secrets.cloud,
        GITHUB_STEP_SUMMARY: testInfo.outputPath('run-1', 'summary.md'),
      },
    },
  );
  expect(result.tests.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed']);
  expect(shownBy(result, secrets)).toEqual([]);
});

test('a test of mail that fails on a remote database shows no password in a transcript or a log', async ({
  server,
  runInlineTest,
}, testInfo) => {
  testInfo.setTimeout(300_000);
  const secrets = { postgres: newSecret() };
  const result = await runInlineTest(
    { 'a.spec.ts': onSessions },
    {
      args: everyReport,
      env: {
        ...everyFile,
        ...(await remoteRole(server, secrets.postgres)),
        GITHUB_STEP_SUMMARY: testInfo.outputPath('run-1', 'summary.md'),
      },
    },
  );
  expect(result.tests).toMatchObject([
    { status: 'failed', texts: { mail: expect.stringContaining('The database is at postgresql://ana:***@') } },
  ]);
  expect(shownBy(result, secrets)).toEqual([]);
});

test('a password that a server refuses is not shown', async ({ server, clickhouseServer, runInlineTest }) => {
  const secrets = { postgres: newSecret(), clickhouse: newSecret() };
  const specs = { 'a.spec.ts': `${imports} test('one', ({ postgres }) => postgres.validate());` };
  const refusals = [
    {
      TEST_POSTGRES_URL: `postgresql://ana:${encodeURIComponent(secrets.postgres)}@${server.host}:${server.port}/postgres`,
    },
    {
      TEST_CLICKHOUSE_URL: clickhouseServer.url,
      TEST_CLICKHOUSE_USER: 'ana',
      TEST_CLICKHOUSE_PASSWORD: secrets.clickhouse,
    },
  ];
  for (const refusal of refusals) {
    const { errors, folder, output } = await runInlineTest(specs, {
      args: everyReport,
      env: { ...everyFile, TARGET: 'remote', ...refusal },
    });
    expect(errors).toEqual([
      expect.stringMatching(/^Environment unavailable: (PostgreSQL|ClickHouse) at \S+ cannot be used \(/),
    ]);
    expect(placesOf(secrets, [...filesBelow(folder), { place: 'terminal', bytes: Buffer.from(output) }])).toEqual([]);
  }
});
