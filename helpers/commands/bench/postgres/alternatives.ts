/**
 * What a user would do instead, each in the fastest form that is reasonable: on the same server, which has the same
 * settings for all (nothing is synced to a disk), with a connection kept open for making and dropping databases, and
 * the statements of a step in one round trip where that is possible.
 */
import type pg from 'pg';
import type { Lane } from '../interleave.ts';
import { load, type Seed } from './seed.ts';
import { type BenchServer, connect } from './host.ts';
import { probe, type Subject } from './subjects.ts';

/** What all of them need. */
export interface Alternatives {
  readonly server: BenchServer;
  readonly subject: Subject;
  readonly seed: Seed;
}

const template = 'peer_template';

/**
 * How a database is copied: as files, which on this server is faster, or block by block, which is PostgreSQL's default
 * and what the libraries use. https://www.postgresql.org/docs/18/sql-createdatabase.html
 */
type Strategy = 'file_copy' | 'wal_log';

/**
 * The template that peers copy, as they would make it. A last visit leaves the cache file that makes connecting to
 * copies faster.
 */
export async function makeTemplate({ server, seed }: Alternatives): Promise<void> {
  await createDatabase(server, template, 'template1', 'file_copy');
  const maker = await connect(server.connection, template);
  await maker.query(seed.schema);
  await load(maker, seed);
  await maker.query('ANALYZE');
  await maker.end();
  await (await connect(server.connection, template)).end();
}

/** The way of most guides: a new database for each test, with schema and rows brought in anew. */
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

/** pgtestdb's way: each test copies the template when it starts. https://github.com/peterldowns/pgtestdb */
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
 * Restoring a snapshot in the modules of Testcontainers: the database is dropped and copied from the snapshot anew, and
 * everybody reconnects. As its documentation asks, the client leaves first; who does not, waits 100 ms more. Without
 * `docker exec psql`, which takes longer than all of this. https://node.testcontainers.org/modules/postgresql/
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
 * The way of database_cleaner and its kind, for data that is more than empty: all tables are emptied and filled again,
 * on a connection that stays. https://github.com/DatabaseCleaner/database_cleaner
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
