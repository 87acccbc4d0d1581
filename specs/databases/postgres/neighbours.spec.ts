import { Client } from 'pg';
import { expect, test } from '../../../fixtures/index.ts';
import type { ServerConnection } from '../../../helpers/stores/postgres/index.ts';

// The fixtures' own housekeeping, observed through the hidden worker fixtures.

test("a neighbour's database is kept while its run lives and swept when the run is gone", async ({
  _postgresServer,
  _postgresWorker,
}, { workerIndex }) => {
  const neighbour = `proving_ground_${(Date.now() % 0xffffffff).toString(16).padStart(8, '0')}_w${workerIndex}`;
  const name = `${neighbour}_1`;
  const session = await adminClient(_postgresServer, neighbour); // its application name marks the owner as alive
  await session.query(`CREATE DATABASE "${name}"`);

  await _postgresWorker.sweep();
  expect(await databasesLike(session, name), 'while the neighbour has a session').toEqual([name]);
  await session.end();

  const later = await adminClient(_postgresServer, 'spec');
  await expect
    .poll(
      async () => {
        await _postgresWorker.sweep();
        return databasesLike(later, name);
      },
      { message: 'after the neighbour is gone', timeout: 20_000 },
    )
    .toEqual([]); // on a disk, a drop waits for a checkpoint
  await later.end();
});

test('a database with only a similar name is not swept', async ({ _postgresServer, _postgresWorker }, {
  workerIndex,
}) => {
  const name = `proving_ground_backup_${workerIndex}`;
  const session = await adminClient(_postgresServer, 'spec');
  await session.query(`DROP DATABASE IF EXISTS "${name}"`);
  await session.query(`CREATE DATABASE "${name}"`);

  await _postgresWorker.sweep();

  expect(await databasesLike(session, name)).toEqual([name]);
  await session.query(`DROP DATABASE "${name}"`);
  await session.end();
});

for (const isolation of ['database', 'reset'] as const) {
  test(`a failed test's database is kept as it was left, with its title (isolation '${isolation}')`, async ({
    _postgresWorker,
    _postgresServer,
  }) => {
    const lease = await _postgresWorker.lease({ schema: 'basic', dataset: 'minimal', isolation });
    await lease.database.query("UPDATE users SET display_name = 'Evidence' WHERE id = 1");

    const kept = await lease.end({ keep: true, of: 'a.spec.ts › fails' });

    expect(kept).toEqual({ url: expect.any(String) });
    const { url } = kept as { url: string };

    const client = new Client(url);
    await client.connect();
    const { rows } = await client.query(`
      SELECT display_name, shobj_description(oid, 'pg_database') AS title
      FROM users, pg_database WHERE id = 1 AND datname = current_database()`);
    await client.end();
    expect(rows).toEqual([{ display_name: 'Evidence', title: 'a.spec.ts › fails' }]);

    const admin = await adminClient(_postgresServer, 'spec');
    await admin.query(`DROP DATABASE "${new URL(url).pathname.slice(1)}"`); // no test has failed here
    await admin.end();
  });
}

async function adminClient(server: ServerConnection, name: string): Promise<Client> {
  const client = new Client({
    host: server.host,
    port: server.port,
    ...server.admin,
    database: server.maintenanceDatabase,
    application_name: name,
  });
  await client.connect();
  return client;
}

async function databasesLike(client: Client, name: string): Promise<string[]> {
  const { rows } = await client.query<{ datname: string }>('SELECT datname FROM pg_database WHERE datname = $1', [
    name,
  ]);
  return rows.map(({ datname }) => datname);
}
