import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient } from '@clickhouse/client';
import { expect, test as base } from '../../../fixtures/index.ts';
import { filesIn } from '../../../helpers/lib/files.ts';
import { RunFolder } from '../../../helpers/run/index.ts';

const test = base.extend<{
  /**
   * A file that every user of the machine can read, in a folder that every user can write to, so that only the engine's
   * own restrictions protect it.
   */
  secretFile: string;
  /** A web server of this test's own, which counts its connections. */
  listener: { readonly port: number; readonly url: string; readonly connections: () => number };
}>({
  secretFile: async ({}, use) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'proving-ground-doors-'));
    chmodSync(folder, 0o777);
    const file = path.join(folder, 'secret.tsv');
    writeFileSync(file, `1\t${secret}\n`, { mode: 0o644 });
    await use(file);
    rmSync(folder, { recursive: true });
  },

  listener: async ({}, use) => {
    let connections = 0;
    const server = createServer(
      (_, response) => void response.setHeader('content-type', 'text/html').end('<title>A page</title>'),
    ).on('connection', () => connections++);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await use({ port, url: `http://127.0.0.1:${port}/`, connections: () => connections });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  },
});

test.skip(
  ({ _configuration }) => _configuration.target !== 'local',
  'These doors are those of the local engine; another server has its own.',
);

const secret = 'what is outside the engine';
const denied = { code: '497', type: 'ACCESS_DENIED' };

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

test.describe('the HTTP interface', () => {
  const statement = "SELECT concat('let', ' in')";
  const paths = [
    '/',
    '/?query=SELECT+1',
    '/ping',
    '/play',
    '/dashboard',
    '/replicas_status',
    '/binary',
    '/metrics',
    '/default',
    '/?user=default&password=',
    '/?add_http_cors_header=1',
  ];
  const strangers: Record<string, Record<string, string>> = {
    'no credentials': {},
    'the user default': { 'x-clickhouse-user': 'default' },
    'the user default and no password': { authorization: basic('default', '') },
    'an unknown user': { authorization: basic('proving_ground_admin', 'guessed') },
    'a token': { authorization: 'Bearer token' },
    'a certificate': { 'x-clickhouse-ssl-certificate-auth': 'on', 'x-clickhouse-user': 'default' },
  };

  for (const [description, headers] of Object.entries(strangers)) {
    test(`a request with ${description} is 404, whatever its path`, async ({ _clickhouseServer: { url } }) => {
      await Promise.all(
        paths.flatMap((place) =>
          ['GET', 'POST'].map(async (method) => {
            const answer = await fetch(url + place, {
              method,
              headers: { origin: 'https://example.com', ...headers },
              ...(method === 'POST' ? { body: statement } : {}),
            });
            expect(answer.status, `${method} ${place}`).toBe(404);
            expect(answer.headers.get('access-control-allow-origin'), `${method} ${place}`).toBeNull();
            expect(await answer.text(), `${method} ${place}`).not.toContain('let in');
          }),
        ),
      );
    });
  }

  test('a request with a known name and a wrong password is refused, and never becomes default', async ({
    _clickhouseServer: { url, testRoles },
  }) => {
    const { user, password } = testRoles[0]!;
    const attempts: readonly (readonly [place: string, headers: Record<string, string>])[] = [
      ['/', { authorization: basic(user, '') }],
      ['/', { authorization: basic(user, 'wrong') }],
      ['/', { 'x-clickhouse-user': user }],
      ['/', { authorization: basic(user, password), 'x-clickhouse-user': 'default' }],
      ['/?user=default', { 'x-clickhouse-user': user }],
      ['/?user=default', { authorization: basic(user, 'wrong') }],
      ['/?user=default', { authorization: basic(user, password) }],
      ['/?user=default&password=&max_sessions_for_user=9', { authorization: basic(user, password) }],
    ];
    for (const [place, headers] of attempts) {
      for (const body of [statement, 'SYSTEM STOP LISTEN HTTP']) {
        const answer = await fetch(url + place, { method: 'POST', body, headers });
        expect(answer.ok, `${body} at ${place} with ${Object.keys(headers).join(' and ')}`).toBe(false);
        expect(await answer.text()).toMatch(/AUTHENTICATION_FAILED|USER_SESSION_LIMIT_EXCEEDED/);
      }
    }
    const known = await fetch(url, {
      method: 'POST',
      body: statement,
      headers: { 'x-clickhouse-user': user, 'x-clickhouse-key': password },
    });
    expect(await known.text()).toBe('let in\n');
  });

  test('a client can check that the server is there', async ({ clickhouse, _clickhouseServer: { url } }) => {
    expect(await clickhouse.client.ping()).toEqual({ success: true });
    const stranger = createClient({ url, log: { level: 127 } });
    expect(await stranger.ping()).toMatchObject({ success: false });
    await stranger.close();
  });

  test('a page of another site cannot read an answer in a browser', async ({
    page,
    listener,
    _clickhouseServer: { url, testRoles },
  }) => {
    const { user, password } = testRoles[0]!;
    await page.goto(listener.url);
    for (const place of [
      '/',
      '/?add_http_cors_header=1',
      `/?add_http_cors_header=1&user=${user}&password=${password}`,
    ]) {
      for (const headers of [
        {},
        { authorization: basic(user, password) },
        { 'x-clickhouse-user': user, 'x-clickhouse-key': password },
      ]) {
        const answer = await page.evaluate(
          async ([address, body, given]) =>
            fetch(address, { method: 'POST', body, headers: given }).then(
              (response) => response.text(),
              (error: unknown) => String(error),
            ),
          [url + place, statement, headers] as const,
        );
        expect(answer, `${place} with ${Object.keys(headers).join(' and ')}`).toBe('TypeError: Failed to fetch');
      }
    }
  });

  test('no answer allows other sites to read it, even with a valid password', async ({
    _clickhouseServer: { url, testRoles, admin },
  }) => {
    for (const { user, password } of [testRoles[0]!, admin]) {
      const answer = await fetch(`${url}/?add_http_cors_header=1`, {
        method: 'POST',
        body: statement,
        headers: { origin: 'https://example.com', authorization: basic(user, password) },
      });
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});

test.describe('a test role', () => {
  test('a test role cannot create a table whose engine reaches outside its database', async ({ clickhouse }) => {
    const own =
      /^(Replacing|Summing|Aggregating|Collapsing|VersionedCollapsing|Coalescing|Graphite)?MergeTree$|^(Memory|Log|TinyLog|StripeLog|Set|Join|Buffer|Null|Merge|Dictionary|View|MaterializedView|GenerateRandom)$/;
    const others = (await clickhouse.query<{ name: string }>('SELECT name FROM system.table_engines'))
      .map(({ name }) => name)
      .filter((name) => !own.test(name));
    expect(others).toEqual(expect.arrayContaining(['File', 'URL', 'Executable', 'Distributed', 'ReplicatedMergeTree']));
    await Promise.all(
      others.map((engine) =>
        expect(
          clickhouse.client.command({ query: `CREATE TABLE reader (line String) ENGINE = ${engine}` }),
          engine,
        ).rejects.toMatchObject(denied),
      ),
    );
  });

  test('a test role cannot choose a disk for rows or a file for errors', async ({ clickhouse: { client } }) => {
    for (const setting of ["disk = 'default'", "storage_policy = 'other'"]) {
      await expect(
        client.command({ query: `CREATE TABLE placed (n Int8) ENGINE = MergeTree ORDER BY n SETTINGS ${setting}` }),
        setting,
      ).rejects.toThrow('should not be changed');
    }
    await expect(
      client.command({ query: "SELECT 1 SETTINGS input_format_record_errors_file_path = 'errors'" }),
    ).rejects.toThrow('should not be changed');
  });

  test('a test role cannot read or write files', async ({ clickhouse: { client, name }, secretFile }) => {
    const written = path.join(path.dirname(secretFile), 'written');
    await client.command({ query: 'CREATE TABLE lines (line String) ENGINE = MergeTree ORDER BY line' });
    const dictionary = (source: string, layout = 'FLAT()'): string =>
      `CREATE DICTIONARY reader (id UInt64, line String) PRIMARY KEY id SOURCE(${source}) LAYOUT(${layout}) LIFETIME(0)`;
    const attempts = [
      `SELECT file('${secretFile}')`,
      `SELECT file('${secretFile}', 'none')`,
      ...['file', 'filesystem', 'icebergLocal', 'deltaLakeLocal', 'paimonLocal'].map(
        (source) => `SELECT * FROM ${source}('${secretFile}')`,
      ),
      `SELECT * FROM file('${secretFile}', 'LineAsString', 'line String')`,
      `SELECT * FROM sqlite('${secretFile}', 'lines')`,
      `SELECT * FROM url('file://${secretFile}', 'LineAsString', 'line String')`,
      `SELECT * FROM \`${secretFile}\``,
      `SELECT * FROM default.\`${secretFile}\``,
      `INSERT INTO lines FROM INFILE '${secretFile}' FORMAT LineAsString`,
      `SELECT * FROM format(Template, 'line String', 'x') SETTINGS format_template_row = '${secretFile}'`,
      `SELECT * FROM format(Protobuf, 'line String', 'x') SETTINGS format_schema = '${secretFile}:x'`,
      `SELECT catboostEvaluate('${secretFile}', 1)`,
      "SELECT * FROM executable('cat', 'LineAsString', 'line String')",
      ...[
        'File(LineAsString)',
        `File(LineAsString, '${secretFile}')`,
        `FileLog('${secretFile}', 'LineAsString')`,
        "Executable('cat', LineAsString)",
        `SQLite('${secretFile}', 'lines')`,
        'EmbeddedRocksDB PRIMARY KEY line',
      ].map((engine) => `CREATE TABLE reader (line String) ENGINE = ${engine}`),
      `ATTACH TABLE reader FROM '${path.dirname(secretFile)}' (line String) ENGINE = MergeTree ORDER BY line`,
      `CREATE TABLE reader (line String DEFAULT file('${secretFile}')) ENGINE = Memory`,
      `CREATE DATABASE ${name} ENGINE = Filesystem('/')`,
      // Functions that write.
      `INSERT INTO FUNCTION file('${written}', 'LineAsString', 'line String') VALUES ('x')`,
      `SELECT 1 INTO OUTFILE '${written}'`,
      `BACKUP TABLE lines TO File('${written}')`,
      `SELECT * FROM format(CSV, 'n Int8', 'x') SETTINGS input_format_record_errors_file_path = '${written}', input_format_allow_errors_num = 1`,
      ...['local', 'object_storage, object_storage_type = local, metadata_type = plain'].map(
        (type) =>
          `CREATE TABLE reader (n Int8) ENGINE = MergeTree ORDER BY n SETTINGS disk = disk(type = ${type}, path = '${written}/')`,
      ),
    ];
    const dictionaries = [
      dictionary(`FILE(PATH '${secretFile}' FORMAT 'TSV')`),
      dictionary(`EXECUTABLE(COMMAND 'cat ${secretFile}' FORMAT 'TSV')`),
      dictionary(`EXECUTABLE(COMMAND 'touch ${written}' FORMAT 'TSV')`),
      dictionary(`CLICKHOUSE(TABLE 'lines' DB '${name}')`, `SSD_CACHE(PATH '${written}')`),
    ];
    await Promise.all(attempts.map((attempt) => expect(client.command({ query: attempt }), attempt).rejects.toThrow()));
    for (const [number, definition] of dictionaries.entries()) {
      await client.command({ query: definition.replace('reader', `reader_${number}`) });
      await expect(
        client.command({ query: `SELECT dictGet('${name}.reader_${number}', 'line', 1)` }),
        definition,
      ).rejects.toThrow();
    }
    expect(await (await client.query({ query: 'SELECT line FROM lines', format: 'JSONEachRow' })).json()).toEqual([]);
    expect(readdirSync(path.dirname(secretFile))).toEqual([path.basename(secretFile)]);
  });

  test("a test role cannot read the engine's own files", async ({
    clickhouse: { client, name },
    _clickhouseServer: { testRoles },
  }) => {
    await client.command({ query: 'CREATE TABLE lines (line String) ENGINE = MergeTree ORDER BY line' });
    const [data] = await (
      await client.query({ query: "SELECT getServerSetting('path') AS path", format: 'JSONEachRow' })
    ).json<{ path: string }>();
    const home = path.dirname(data!.path);
    const guesses = [name.replace(/_[0-9a-f]{16,18}_/, '_'), 'proving_ground', '*', 'w0', 'w1'].map(
      (database) => `${data!.path}/metadata/${database}.sql`,
    );
    for (const file of [
      `${home}/config.xml`,
      `${home}/users.xml`,
      `${home}/output.log/../users.xml`,
      '../users.xml',
      '/proc/self/environ',
      '/proc/self/cmdline',
      '/proc/self/maps',
      '/proc/1/environ',
      ...guesses,
    ]) {
      await expect(
        client.command({ query: `INSERT INTO lines FROM INFILE '${file}' FORMAT LineAsString` }),
        file,
      ).rejects.toThrow();
    }
    // The path of another database's files begins with its secret name.
    for (const { database } of testRoles) expect(database).toMatch(/_[0-9a-f]{16,18}_w\d+$/);
  });

  test('a test role cannot open network connections', async ({ clickhouse: { client, name }, listener }) => {
    const { port, url } = listener;
    const address = `'127.0.0.1:${port}'`;
    const functions = [
      `url('${url}', 'LineAsString', 'line String')`,
      `s3('${url}bucket/key', 'LineAsString', 'line String')`,
      `gcs('${url}bucket/key', 'LineAsString', 'line String')`,
      `iceberg('${url}bucket/')`,
      `deltaLake('${url}bucket/')`,
      `hudi('${url}bucket/')`,
      `hdfs('hdfs://127.0.0.1:${port}/key', 'LineAsString', 'line String')`,
      `azureBlobStorage('${url}', 'c', 'b', 'n', 'a2V5', 'LineAsString', 'auto', 'line String')`,
      `ytsaurus('${url}', '//x', 't', 'line String')`,
      `mysql(${address}, 'd', 't', 'u', 'p')`,
      `postgresql(${address}, 'd', 't', 'u', 'p')`,
      `mongodb(${address}, 'd', 't', 'u', 'p', 'line String')`,
      `redis(${address}, 'line', 'line String, b String')`,
      `remote(${address}, 'd.t')`,
      `remoteSecure(${address}, 'd.t')`,
      `remote('127.0.0.1', '${name}.users')`,
      "odbc('DSN=x', 't')",
      "jdbc('x', 't')",
    ];
    await Promise.all(
      functions.map((source) =>
        expect(client.command({ query: `SELECT * FROM ${source}` }), source).rejects.toMatchObject(denied),
      ),
    );

    const engines = [
      `URL('${url}', LineAsString)`,
      `S3('${url}bucket/key', LineAsString)`,
      `MySQL(${address}, 'd', 't', 'u', 'p')`,
      `PostgreSQL(${address}, 'd', 't', 'u', 'p')`,
      `MongoDB(${address}, 'd', 't', 'u', 'p')`,
      `Kafka(${address}, 't', 'g', 'JSONEachRow')`,
      `Redis(${address}) PRIMARY KEY line`,
      "Distributed('default', 'd', 't')",
      `Remote(${address}, d, t)`,
      "ReplicatedMergeTree('/x', 'r') ORDER BY line",
    ];
    await Promise.all(
      engines.map((engine) =>
        expect(
          client.command({ query: `CREATE TABLE reader (line String) ENGINE = ${engine}` }),
          engine,
        ).rejects.toMatchObject(denied),
      ),
    );
    for (const engine of [`MySQL(${address}, 'd', 'u', 'p')`, `PostgreSQL(${address}, 'd', 'u', 'p')`, `S3('${url}')`])
      await expect(
        client.command({ query: `CREATE DATABASE ${name} ENGINE = ${engine}` }),
        engine,
      ).rejects.toMatchObject(denied);
    await expect(
      client.command({
        query: `CREATE TABLE reader (n Int8) ENGINE = MergeTree ORDER BY n SETTINGS disk = disk(type = web, endpoint = '${url}')`,
      }),
    ).rejects.toThrow('should not be changed');

    const login = `HOST '127.0.0.1' PORT ${port} USER 'u' PASSWORD 'p'`;
    for (const source of [
      `HTTP(URL '${url}' FORMAT 'TSV')`,
      `CLICKHOUSE(${login} TABLE 't')`,
      `MYSQL(${login} DB 'd' TABLE 't')`,
      `POSTGRESQL(${login} DB 'd' TABLE 't')`,
      `REDIS(HOST '127.0.0.1' PORT ${port} STORAGE_TYPE 'simple' DB_INDEX 0)`,
    ]) {
      await client.command({
        query: `CREATE DICTIONARY reader (id UInt64, line String) PRIMARY KEY id SOURCE(${source}) LAYOUT(FLAT()) LIFETIME(0) SETTINGS(http_max_tries = 1)`,
      });
      await expect(client.command({ query: `SELECT dictGet('${name}.reader', 'line', 1)` }), source).rejects.toThrow();
      expect(listener.connections(), source).toBe(0);
      await client.command({ query: 'DROP DICTIONARY reader' });
    }
  });

  test('a test role cannot change the server', async ({ clickhouse: { client } }) => {
    for (const what of [
      'STOP LISTEN HTTP',
      'SHUTDOWN',
      'KILL',
      'RELOAD USERS',
      'FLUSH LOGS',
      'DROP MARK CACHE',
      'RELOAD DICTIONARIES',
      'ENABLE FAILPOINT x',
      'SUSPEND FOR 1 SECOND',
      'START THREAD FUZZER',
    ]) {
      await expect(client.command({ query: `SYSTEM ${what}` }), what).rejects.toMatchObject(denied);
    }
    for (const sql of [
      'KILL QUERY WHERE 1',
      'CREATE FUNCTION intruder AS x -> x',
      'CREATE USER intruder',
      'CREATE NAMED COLLECTION intruder AS a = 1',
      'CREATE WORKLOAD intruder',
      'SHOW GRANTS FOR default',
      'SELECT * FROM system.users',
      'SELECT * FROM system.server_settings',
    ]) {
      await expect(client.command({ query: sql }), sql).rejects.toMatchObject(denied);
    }
    expect(await client.ping({ select: true })).toEqual({ success: true });
  });
});

test.describe("the engine's process", () => {
  test("the engine's files contain neither passwords nor their hashes", async ({
    _configuration: { run },
    _clickhouseServer: { admin, testRoles },
  }) => {
    const passwords = [admin, ...testRoles].map(({ password }) => password);
    const secrets = passwords.flatMap((password) => [password, createHash('sha256').update(password).digest('hex')]);
    const files = filesIn(engineFolder(run!));
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) {
      const content = contentOf(file);
      expect(
        secrets.filter((one) => content.includes(one)),
        file,
      ).toEqual([]);
    }
  });

  test('the engine does not inherit the environment of the run, and is not root', async ({
    _configuration: { run },
    _clickhouseServer: { url },
  }) => {
    expect(url, 'it runs').toContain('127.0.0.1');
    const { pid } = new RunFolder(run!).process('clickhouse')!;
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).toBe('TZ=UTC\0');
    const user = Number(/^Uid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);
    expect(user).not.toBe(0);
    expect(statSync(engineFolder(run!)).mode & 0o077).toBe(0);
  });
});

function engineFolder(run: string): string {
  return path.join(run, 'clickhouse');
}

/** Empty when the file has been removed, since other tests run at the same time. */
function contentOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
