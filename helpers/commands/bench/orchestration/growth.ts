import pg from 'pg';
import { findStore, orchestrationParts, type StoreContext } from '../../../orchestration/index.ts';
import { interleave } from '../interleave.ts';
import type { Report } from '../report.ts';
import { median } from '../statistics.ts';
import { contender, storeTurn } from './measure-turns.ts';

const sizes = [1_000, 100_000];
const clients = 4;
const turns = 1_000;

/** Turns a second of the PostgreSQL store while few and while many instances wait, each with one message. */
export async function grow(context: StoreContext, report: Report): Promise<void> {
  const module = await findStore('postgres', orchestrationParts);
  const stores = await Promise.all(sizes.map(() => module.open(context)));
  try {
    const contenders = [];
    for (const [index, size] of sizes.entries()) {
      const store = stores[index]!;
      await fill(store.location!, size);
      const connected = await Promise.all(Array.from({ length: clients }, () => store.connect()));
      const turn = connected.map((client) => storeTurn(client, () => {}));
      contenders.push(
        contender(String(size), '', turn, async () => {
          for (const client of connected) await client.close();
        }),
      );
    }
    const series = await interleave(
      contenders.map((one) => ({ name: one.key, lanes: one.lanes(clients, turns) })),
      { warmUp: 2, rounds: 10 },
    );
    for (const one of contenders) await one.close();
    const [few, many] = sizes.map((size) => (1000 * turns) / median(series.get(String(size))!.rounds));
    report.table(
      `More instances that wait, ${clients} clients`,
      ['', 'turns a second', 'goal'],
      [
        [`${sizes[0]} wait`, few!.toFixed(0), ''],
        [`${sizes[1]} wait`, many!.toFixed(0), report.figure('pg_growth', many! / few!, { atLeast: 0.8 })],
      ],
    );
  } finally {
    for (const store of stores) await store.close();
  }
}

/** Instances that have been started, and that a message waits for; the contract would take a minute for it. */
async function fill(location: string, size: number): Promise<void> {
  const { url, schema } = JSON.parse(location) as { url: string; schema: string };
  const client = new pg.Client({ connectionString: url, options: `-c search_path=${schema}` });
  await client.connect();
  await client.query(`
    INSERT INTO instances (instance, name, version, execution)
      SELECT 'instance-' || n, 'Bench', '1', 1 FROM generate_series(1, ${size}) n;
    INSERT INTO executions (instance, execution) SELECT instance, 1 FROM instances;
    INSERT INTO instances_queue (instance, available_at) SELECT instance, clock_timestamp() FROM instances;
    INSERT INTO messages (instance, kind, fields, body, visible_at)
      SELECT instance, 'event', json_build_object('instance', instance, 'kind', 'event'), 'null', available_at
      FROM instances_queue;`);
  await client.query('VACUUM (ANALYZE)');
  await client.end();
}
