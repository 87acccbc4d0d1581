import { appendFileSync, cpSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../../lib/cache.ts';
import { readConfiguration } from '../../run/configuration/index.ts';
import { RunHost } from '../../run/index.ts';
import { serverIdentity } from '../../run/identity.ts';
import { expect, imports, test as base } from '../../testing/index.ts';
import { connect, connectionOptions } from './connection.ts';
import type { ServerConnection } from './index.ts';
import { Maintenance } from './maintenance.ts';
import { runOwner } from './names.ts';
import { findBinaries } from './server/binaries.ts';
import { preparedDataFolder } from './server/prepared-data-folder.ts';
import { startLocal } from './server/local.ts';
import { dropRun, ownership, sweepDatabases } from './sweep.ts';

/** As on a server with other uses: prepared transactions are enabled, which outlive sessions. */
const test = base.extend({
  server: async ({ root }, use) => {
    const configuration = { ...readConfiguration({}), cache: readConfiguration(process.env).cache };
    const cache = cacheFolder(configuration.cache, 'PostgreSQL');
    const identity = serverIdentity('PostgreSQL', root.path);
    const prepared = preparedDataFolder(cache, findBinaries(cache, identity), identity);
    const dataFolder = path.join(root.path, 'data');
    cpSync(prepared.dataFolder, dataFolder, { recursive: true });
    appendFileSync(path.join(dataFolder, 'postgresql.conf'), 'max_prepared_transactions = 5\n');
    await using host = await RunHost.open(
      { postgres: (folder) => startLocal(configuration, { folder, workers: 2, origin: { ...prepared, dataFolder } }) },
      root.path,
    );
    await use({ ...((await host.service('postgres')) as ServerConnection), owned: false });
  },
});

const run = 'aaaaaaaa';
const names = [1, 2, 3].map((number) => `proving_ground_${run}_w0_${number}`) as [string, string, string];

test('a database is dropped despite prepared transactions, subscriptions and connections', async ({ server }) => {
  await using maintenance = await withDatabases(server);
  for (const name of names) await hold(server, name);
  await maintenance.seal(names[0]);
  await dropRun(maintenance, run);
  expect(await maintenance.owned()).toEqual([]);
});

test('a sealed database is dropped to make room, and kept when asked', async ({ server }) => {
  await using maintenance = await withDatabases(server);
  const [current, fresh, aside] = names;
  await maintenance.drop(aside);
  await hold(server, current);
  await maintenance.swap(current, fresh, aside);
  await hold(server, current);
  const kept = `proving_ground_${run}_kept_0_1`;
  await maintenance.rename(current, kept);
  expect((await maintenance.owned()).map(({ name }) => name).toSorted()).toEqual([aside, kept].toSorted());
  await (await connect(connectionOptions(server, server.testRole, kept))).end();
});

test('a database that cannot be dropped is reported and does not block the others', async ({ server }) => {
  await using maintenance = await withDatabases(server);
  await using testRole = new Maintenance({ ...server, admin: server.testRole }, runOwner('bbbbbbbb'));
  await hold(server, names[1]); // as a superuser, whose transaction other roles cannot end
  const refusal = {
    name: 'Environment unavailable',
    message: `PostgreSQL at ${server.host}:${server.port} does not drop ${names[1]} (permission denied to finish prepared transaction): end what holds them there, and drop them.`,
  };
  await expect(sweepDatabases(testRole, { ...ownership, isGone: async () => true }, { runs: true })).rejects.toThrow(
    expect.objectContaining(refusal),
  );
  expect((await maintenance.owned()).map(({ name }) => name)).toEqual([names[1]]);
  await expect(dropRun(testRole, run)).rejects.toThrow(expect.objectContaining(refusal));
});

test('a clone whose settings may not be copied is not left half-made', async ({ server }) => {
  await using maintenance = await withDatabases(server);
  const [template, , clone] = names;
  await maintenance.drop(clone);
  await maintenance.query(`ALTER DATABASE ${template} SET log_statement = 'all'`); // only a superuser may set this
  await maintenance.query(`ALTER ROLE ${server.testRole.user} CREATEDB`);
  await maintenance.seal(template);
  await using testRole = new Maintenance({ ...server, admin: server.testRole, owned: false }, runOwner(run));
  await expect(testRole.clone(template, clone)).rejects.toThrow('permission denied to set parameter "log_statement"');
  expect((await maintenance.owned()).map(({ name }) => name)).not.toContain(clone);
});

test('a transaction prepared on a remote server is gone before the next test and after the run', async ({
  runInlineTest,
  server,
}) => {
  const { exitCode, output } = await runInlineTest(
    {
      'a.spec.ts': `${imports}
    test.use({ isolation: 'reset' });
    for (const change of ["INSERT INTO users (email, display_name) VALUES ('a@example.com', 'A')", 'CREATE TABLE mine ()']) {
      test(change, async ({ postgres }) => {
        expect(await postgres.query('SELECT gid FROM pg_prepared_xacts WHERE database = current_database()')).toEqual([]);
        const client = await postgres.pool.connect();
        await client.query('BEGIN; ' + change);
        await client.query("PREPARE TRANSACTION 'mine'");
        client.release();
      });
    }
  `,
    },
    {
      env: {
        TARGET: 'remote',
        TEST_POSTGRES_URL: `postgresql://${server.admin.user}:${server.admin.password}@${server.host}:${server.port}/postgres`,
      },
    },
  );
  expect(output).toContain('2 passed');
  expect(exitCode).toBe(0);
  await using maintenance = new Maintenance(server, 'test');
  expect(await maintenance.owned()).toEqual([]);
});

async function withDatabases(server: ServerConnection): Promise<Maintenance> {
  const maintenance = new Maintenance(server, runOwner(run));
  for (const name of names) await maintenance.clone('template1', name);
  return maintenance;
}

/** Leaves a prepared transaction and a subscription in a database. */
async function hold(server: ServerConnection, database: string): Promise<void> {
  const client = await connect(connectionOptions(server, server.admin, database));
  await client.query(
    `CREATE SUBSCRIPTION "its ${database}" CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false, slot_name = 'its')`,
  );
  await client.query('BEGIN; CREATE TABLE t ()');
  await client.query(`PREPARE TRANSACTION 'it''s ${database}'`);
  await client.end();
}
