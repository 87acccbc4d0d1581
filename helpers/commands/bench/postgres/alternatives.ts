/**
 * Alternatives without this project, each in its fastest reasonable form: on the same server with the same settings
 * (nothing is synced to disk), with an open connection for creating and dropping databases, and with the statements of
 * a step in one round trip where possible.
 */
import type pg from 'pg';
import type { Lane } from '../interleave.ts';
import { load, type Seed } from './seed.ts';
import { type BenchServer, connect } from './host.ts';
import { probe, type Subject } from './subjects.ts';

export interface Alternatives {
  readonly server: BenchServer;
  readonly subject: Subject;
  readonly seed: Seed;
}

export const template = 'peer_template';

/**
 * How a database is copied: as files, which is faster on this server, or block by block, which is the default of
 * PostgreSQL and of the libraries. https://www.postgresql.org/docs/18/sql-createdatabase.html
 */
type Strategy = 'file_copy' | 'wal_log';

/** The template of the alternatives, with the cache file that makes connections to copies faster. */
export async function makeTemplate({ server, seed }: Pick<Alternatives, 'server' | 'seed'>): Promise<void> {
  await createDatabase(server, template, 'template1', 'file_copy');
  const maker = await connect(server.connection, template);
  await maker.query(seed.schema);
  await load(maker, seed);
  await maker.query('ANALYZE');
  await maker.end();
  await (await connect(server.connection, template)).end();
}

/** The technique of most guides: a new database for each test, filled anew with schema and rows. */
export function create({ server, subject, seed }: Alternatives): Lane {
  let client: pg.Client;
  return {
    async run() {
      await createDatabase(server, 'peer_created', 'template1', 'file_copy');
      client = await connect(server.connection, 'peer_created');
      await client.query(seed.schema);
      await load(client, seed);
      await probe(client, subject);
    },
    async tidy() {
      await client.end();
      await server.admin.query('DROP DATABASE peer_created');
    },
  };
}

/** The technique of pgtestdb: each test copies the template when it starts. https://github.com/peterldowns/pgtestdb */
export function clone({ server, subject }: Alternatives, strategy: Strategy): Lane {
  let client: pg.Client;
  return {
    async run() {
      await createDatabase(server, 'peer_cloned', template, strategy);
      client = await connect(server.connection, 'peer_cloned');
      await probe(client, subject);
    },
    async tidy() {
      await client.end();
      await server.admin.query('DROP DATABASE peer_cloned');
    },
  };
}

/**
 * Restoring a snapshot as in Testcontainers' modules: the database is dropped and copied from the snapshot, and all
 * clients reconnect. As its documentation asks, the client disconnects first, which saves 100 ms. `docker exec psql` is
 * left out, since it alone takes longer than all of this. https://node.testcontainers.org/modules/postgresql/
 */
export function recreate({ server, subject }: Alternatives, strategy: Strategy): Lane {
  const name = `peer_recreated_${strategy}`;
  let client: pg.Client | undefined;
  return {
    async prepare() {
      if (client === undefined) {
        await createDatabase(server, name, template, strategy);
        client = await connect(server.connection, name);
      }
      await client.query(subject.changes);
    },
    async run() {
      await client!.end();
      await server.admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await createDatabase(server, name, template, strategy);
      client = await connect(server.connection, name);
      await probe(client, subject);
    },
  };
}

/**
 * The technique of database_cleaner and similar libraries: all tables are emptied and filled again, on a connection
 * that stays open. https://github.com/DatabaseCleaner/database_cleaner
 */
export function truncate({ server, subject, seed }: Alternatives): Lane {
  let client: pg.Client | undefined;
  return {
    async prepare() {
      if (client === undefined) {
        await createDatabase(server, 'peer_truncated', template, 'file_copy');
        client = await connect(server.connection, 'peer_truncated');
      }
      await client.query(subject.changes);
    },
    async run() {
      await client!.query(`BEGIN; TRUNCATE ${seed.tables.join(', ')} RESTART IDENTITY CASCADE`);
      await load(client!, seed);
      await client!.query('COMMIT');
      await probe(client!, subject);
    },
  };
}

async function createDatabase(
  { admin, connection }: BenchServer,
  name: string,
  from: string,
  strategy: Strategy,
): Promise<void> {
  await admin.query(`CREATE DATABASE ${name} OWNER ${connection.testRole.user} TEMPLATE ${from} STRATEGY ${strategy}`);
}
