import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { findStore, orchestrationParts, type StoreContext } from '../../../orchestration/index.ts';
import type { Configuration } from '../../../run/configuration/index.ts';
import { type Bench, checkLocal } from '../bench.ts';
import { interleave } from '../interleave.ts';
import { withServer } from '../postgres/host.ts';
import { type Goal, type Report, shown } from '../report.ts';
import { median, percentile } from '../statistics.ts';
import { bareContender } from './bare.ts';
import { grow } from './growth.ts';
import { graphileContender, pgBossContender } from './queues.ts';
import { storeContender } from './stores.ts';
import { type Contender, mostClients } from './measure-turns.ts';

const counts = [1, 4, 8, mostClients];
const turns = 480;
const warmUp = 2;
const rounds = 7;

/** Turns of durable stores a second, compared with plain SQL and with the queues that a TypeScript user would take. */
export const benchOrchestration: Bench = async (configuration, report) => {
  checkLocal(configuration, 'server');
  await withDatabase(configuration, async (context) => {
    await compare(context, report);
    await grow(context, report);
  });
};

async function compare(context: StoreContext, report: Report): Promise<void> {
  const url = await context.postgres();
  const contenders: Contender[] = [];
  try {
    const addStore = async (name: string, label: string): Promise<unknown> =>
      contenders.push(await storeContender(await findStore(name, orchestrationParts), context, label));
    await addStore('postgres', 'PostgreSQL');
    await addStore('duroxide', '  duroxide, in PostgreSQL');
    contenders.push(await bareContender(url));
    contenders.push(await graphileContender(url));
    contenders.push(await pgBossContender(url));
    await addStore('sqlite', 'SQLite, in one process');
    await addStore('memory', 'memory');
    const rates = await measure(contenders);
    tabulate(report, contenders, rates);
  } finally {
    for (const one of contenders) await one.close();
  }
}

/** Turns a second in each round, by contender and clients. */
type Rates = ReadonlyMap<string, readonly number[]>;

async function measure(contenders: readonly Contender[]): Promise<Rates> {
  const rates = new Map<string, readonly number[]>();
  for (const clients of counts) {
    const series = await interleave(
      contenders.map((one) => ({ name: one.key, lanes: one.lanes(clients, turns) })),
      { warmUp, rounds },
    );
    for (const [key, { rounds: totals }] of series)
      rates.set(
        `${key} ${clients}`,
        totals.map((milliseconds) => (1000 * turns) / milliseconds),
      );
  }
  return rates;
}

function tabulate(report: Report, contenders: readonly Contender[], rates: Rates): void {
  const rateOf = (key: string, clients: number): number => median(rates.get(`${key} ${clients}`)!);
  const rows = contenders.map(({ key, label, times }) => [
    label,
    ...counts.flatMap((clients) => {
      const measured = times(clients).slice(-rounds * turns * 0.98);
      const p99 = percentile(measured, 99);
      report.figure(`${key}_turns_per_s_${clients}`, rateOf(key, clients));
      report.figure(`${key}_p99_ms_${clients}`, p99);
      return [rateOf(key, clients).toFixed(0), shown(p99)];
    }),
  ]);
  const header = counts.flatMap((clients) => [`${clients} clients: turns a second`, 'p99 ms']);
  report.table('Turns, each the fetch and the ack of an instance that sends itself a message', ['', ...header], rows);

  const goals: readonly (readonly [key: string, label: string, goal: Goal])[] = [
    ['duroxide', 'duroxide', { atLeast: 1.5 }],
    ['bare', 'two bare transactions', { atLeast: 0.5 }],
    ['graphile', 'graphile-worker', { atLeast: 1 }],
    ['pgboss', 'pg-boss', { atLeast: 1 }],
  ];
  report.table(
    'How many times faster the PostgreSQL store is',
    ['than', ...counts.map((clients) => `${clients} clients`)],
    goals.map(([key, label, goal]) => {
      const ratios = counts.map((clients) => rateOf('postgres', clients) / rateOf(key, clients));
      if (key === 'graphile' || key === 'pgboss') report.figure(`pg_vs_${key}`, Math.min(...ratios), goal);
      return [label, ...ratios.map((ratio, index) => report.ratio(`pg_vs_${key}_${counts[index]}`, ratio, goal))];
    }),
  );
  const deadlocksOf = (key: string): number => contenders.find((one) => one.key === key)!.deadlocks!();
  const [ours, theirs] = [deadlocksOf('postgres'), deadlocksOf('duroxide')];
  report.figure('duroxide_deadlocks', theirs);
  report.say(`Deadlocks: PostgreSQL ${ours} ${report.figure('deadlocks', ours, { atMost: 0 })}, duroxide ${theirs}.`);
}

async function withDatabase(
  configuration: Configuration,
  use: (context: StoreContext) => Promise<void>,
): Promise<void> {
  await withServer(configuration, 4, async ({ connection, folder, admin }) => {
    const { host, port, admin: role } = connection;
    await admin.query('CREATE DATABASE orchestration');
    await admin.query('ALTER SYSTEM SET autovacuum = on'); // as where queues live for long; tests need none
    await admin.query('SELECT pg_reload_conf()');
    const url = new URL(`postgres://${host}:${port}/orchestration`);
    url.username = role.user;
    url.password = role.password;
    await use({ postgres: async () => url.href, folder: await mkdtemp(path.join(folder, 'store-')) });
  });
}
