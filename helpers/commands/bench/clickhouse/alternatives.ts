import type { ClickHouseClient } from '@clickhouse/client';
import type { Lane } from '../interleave.ts';
import { changes, firstQuery, type Seed } from './subject.ts';

/** Alternatives without this project. All use the same server and client, as its administrator. */
export interface Peers {
  readonly seed: Seed;
  readonly connect: (database?: string) => ClickHouseClient;
}

/** A new database, its tables, and the rows inserted in bulk. */
export function create({ seed, connect }: Peers): Lane {
  const admin = connect();
  let client: ClickHouseClient | undefined;
  return {
    run: async () => {
      await admin.command({ query: 'CREATE DATABASE created' });
      client = connect('created');
      for (const query of seed.statements) await client.command({ query });
      await insertAll(client, seed);
      await firstQuery(client);
    },
    tidy: async () => {
      await client!.close();
      await admin.command({ query: 'DROP DATABASE created SYNC' });
    },
  };
}

/** Empties every table that holds rows and inserts them again. */
export function truncate(peers: Peers): Lane {
  return reload('truncated', peers, async (client) => {
    for (const table of ['users', 'events', 'events_daily']) await client.command({ query: `TRUNCATE TABLE ${table}` });
    await insertAll(client, peers.seed);
  });
}

/** Drops and creates everything anew, which also undoes changed definitions. */
export function recreate(peers: Peers): Lane {
  return reload('recreated', peers, async (client) => {
    for (const view of ['events_daily_fill', 'active_users']) await client.command({ query: `DROP VIEW ${view} SYNC` });
    for (const table of ['users', 'events', 'events_daily'])
      await client.command({ query: `DROP TABLE ${table} SYNC` });
    for (const query of peers.seed.statements) await client.command({ query });
    await insertAll(client, peers.seed);
  });
}

function reload(database: string, { seed, connect }: Peers, work: (client: ClickHouseClient) => Promise<void>): Lane {
  const client = connect(database);
  let made = false;
  return {
    prepare: async () => {
      if (!made) {
        await connect().command({ query: `CREATE DATABASE ${database}` });
        for (const query of seed.statements) await client.command({ query });
        await insertAll(client, seed);
        made = true;
      }
      for (const query of changes) await client.command({ query });
    },
    run: async () => {
      await work(client);
      await firstQuery(client);
    },
  };
}

async function insertAll(client: ClickHouseClient, { rows }: Seed): Promise<void> {
  for (const { name, columns, rows: values } of rows) {
    await client.insert({
      table: name,
      values: values as unknown[][],
      columns: columns as [string, ...string[]],
      format: 'JSONCompactEachRow',
      clickhouse_settings: { date_time_input_format: 'best_effort', async_insert: 0 },
    });
  }
}
