import type { Configuration } from '../../../run/configuration/index.ts';
import { cpuTimesOf, withDescendants } from '../../../run/processes/index.ts';
import { makeTemplate, template } from '../postgres/alternatives.ts';
import { FixtureWorker } from '../postgres/fixtures.ts';
import { type BenchServer, connect, withServer } from '../postgres/host.ts';
import { readSeed, type Seed } from '../postgres/seed.ts';
import type { Subject } from '../postgres/subjects.ts';
import { read, write } from './contenders.ts';
import { type PeerServer, peerServerVariable } from './peers/description.ts';

const subject: Subject = {
  label: 'the database of the tests',
  recipe: { schema: 'basic', dataset: 'minimal' },
  changes: write,
  probe: read,
};

/** What the runs of peers need. */
export interface PeerRuns {
  readonly variables: Readonly<Record<string, string>>;
  /** Milliseconds of processor time that the server has used; 0 where the system does not tell. */
  serverTime(): number;
}

/** A server as the fixtures start it, with a template that is a copy of the database that they make. */
export async function withPeerServer(
  configuration: Configuration,
  use: (runs: PeerRuns) => Promise<void>,
): Promise<void> {
  await withServer(configuration, 2, async (server) => {
    const seed = await readTestDatabase(server);
    await makeTemplate({ server, seed });
    const { host, port, admin, testRole, maintenanceDatabase } = server.connection;
    const reload = await reloadSql(server, seed);
    const told: PeerServer = { host, port, admin, tests: testRole, maintenanceDatabase, template, reload };
    const pid = await pidOf(server);
    await use({
      variables: { [peerServerVariable]: JSON.stringify(told) },
      serverTime: () => millisecondsOf(pid),
    });
  });
}

async function readTestDatabase(server: BenchServer): Promise<Seed> {
  await using worker = await FixtureWorker.open(server, subject, 0);
  return await worker.borrow((pool) => readSeed(pool, 'basic'));
}

/** Statements for one round trip: they empty the template's tables and fill them with the rows that they have now. */
async function reloadSql({ connection }: BenchServer, { tables, sequences }: Seed): Promise<string> {
  const client = await connect(connection, template);
  const inserts = [];
  for (const table of tables) {
    const { rows } = await client.query<{ sql: string | null }>(
      `SELECT 'INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, ' ||
         quote_literal(json_agg(row)) || ')' AS sql
       FROM ${table} row`,
    );
    inserts.push(...rows.flatMap(({ sql }) => sql ?? []));
  }
  await client.end();
  return ['BEGIN', `TRUNCATE ${tables.join(', ')} RESTART IDENTITY CASCADE`, ...inserts, sequences, 'COMMIT'].join(
    '; ',
  );
}

/** The server's process is the parent of those of its connections, and waits for them. */
async function pidOf({ admin }: BenchServer): Promise<number> {
  const { rows } = await admin.query<{ pid: string }>(
    "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1) AS pid",
  );
  return Number(rows[0]!.pid);
}

function millisecondsOf(root: number): number {
  if (process.platform !== 'linux') return 0;
  const times = withDescendants([root]).map(cpuTimesOf);
  return times.reduce((sum, one) => sum + (one === undefined ? 0 : one.own + one.waited), 0) / 1_000_000;
}
