import { type ClickHouseClient, createClient } from '@clickhouse/client';
import type { ClickHouseConnection } from '../../../stores/clickhouse/index.ts';
import type { Configuration } from '../../../run/configuration/index.ts';
import type { RunHost } from '../../../run/index.ts';
import { type Bench, checkLocal } from '../bench.ts';
import { type Entry, tabulate } from '../entries.ts';
import { interleave, type Lane } from '../interleave.ts';
import { type Goal, type Report, shown } from '../report.ts';
import { median, summarize } from '../statistics.ts';
import { FixtureWorker } from './fixtures.ts';
import { create, recreate, truncate } from './alternatives.ts';
import { mostWorkers, openHost, startServer } from './host.ts';
import { analytics, performance as scaled, type Seed, seedOf, type Subject } from './subject.ts';

/** Isolated ClickHouse databases: time to acquire and reset them, compared with other techniques, and how it grows. */
export const benchClickHouse: Bench = async (configuration, report) => {
  checkLocal(configuration, 'server');
  await measureStart(configuration, report);
  await compare(configuration, report, scaled(100), '', { atLeast: 10 });
  await compare(configuration, report, analytics, '_analytics', { atLeast: 5 });
  await growWorkers(configuration, report);
};

async function measureStart(configuration: Configuration, report: Report): Promise<void> {
  const entries: Entry[] = [
    { key: 'start_ms', label: 'start of a server', lane: start(configuration), goal: { atMost: 400 } },
  ];
  await tabulate(report, "The server, until the first query's answer", entries, { warmUp: 1, rounds: 10 });
}

function start(configuration: Configuration): Lane {
  let host: RunHost;
  return {
    prepare: async () => {
      host = await openHost(configuration);
    },
    run: async () => {
      const { url, admin } = await startServer(host);
      const client = createClient({ url, username: admin.user, password: admin.password });
      await (await client.query({ query: 'SELECT 1', format: 'JSONEachRow' })).json();
      await client.close();
    },
    tidy: () => host[Symbol.asyncDispose](),
  };
}

/**
 * Compares the fixtures with alternatives on one server. Attaching parts costs the same for any amount of data,
 * inserting does not.
 */
async function compare(
  configuration: Configuration,
  report: Report,
  subject: Subject,
  suffix: string,
  goal?: Goal,
): Promise<void> {
  const wanted = goal === undefined ? {} : { goal };
  await withServer(configuration, async (server, connect) => {
    await using worker = new FixtureWorker(server, 0, subject);
    const peers = { seed: seedOf(subject) satisfies Seed, connect };
    const key = (name: string): string => `${name}${suffix}`;
    const entries: Entry[] = [
      { key: key('acquire_ms'), label: 'acquire: lease() of a database that is put back', lane: worker.acquire() },
      {
        key: key('create_ms'),
        label: '  CREATE DATABASE, tables, INSERT',
        lane: create(peers),
        against: { ours: key('acquire_ms'), key: key('acquire_vs_create'), goal: { atLeast: 10 } },
      },
      { key: key('restore_ms'), label: 'restore() after rows in 2 tables', lane: worker.restore() },
      {
        key: key('reload_ms'),
        label: '  DROP and CREATE all tables, INSERT',
        lane: recreate(peers),
        against: { ours: key('restore_ms'), key: key('restore_vs_reload'), ...wanted },
      },
      {
        key: key('truncate_ms'),
        label: '  TRUNCATE all tables, INSERT',
        lane: truncate(peers),
        against: { ours: key('restore_ms'), key: key('restore_vs_truncate') },
      },
    ];
    const title = `${subject.label}, each until the first query's answer`;
    await tabulate(report, title, entries, { warmUp: 3, rounds: 20 });
  });
}

/** All workers in this process, on one server. */
async function growWorkers(configuration: Configuration, report: Report): Promise<void> {
  await withServer(configuration, async (server) => {
    const workers = Array.from({ length: mostWorkers }, (_, slot) => new FixtureWorker(server, slot, analytics));
    try {
      const lanesOf = (count: number, lane: (worker: FixtureWorker) => Lane): Lane[] =>
        workers.slice(0, count).map(lane);
      const series = await interleave(
        [1, mostWorkers].flatMap((count) => [
          { name: `acquire ${count}`, lanes: lanesOf(count, (worker) => worker.acquire()) },
          { name: `restore ${count}`, lanes: lanesOf(count, (worker) => worker.restore()) },
        ]),
        { warmUp: 3, rounds: 20 },
      );
      const rows = [1, mostWorkers].map((count) => {
        const cells = ['acquire', 'restore'].flatMap((what) => {
          const { each, rounds } = series.get(`${what} ${count}`)!;
          const { median: middle, p95 } = summarize(each);
          const perSecond = (1000 * count) / median(rounds);
          report.figure(`${what}_ms_${count}_workers`, middle);
          report.figure(`${what}s_per_second_${count}_workers`, perSecond);
          return [shown(middle), shown(p95), perSecond.toFixed(0)];
        });
        return [`${count} at a time`, ...cells, String(series.get(`acquire ${count}`)!.each.length)];
      });
      report.table(
        `More workers at the same time, ${analytics.label}`,
        ['', 'acquire ms', 'p95', 'a second', 'restore ms', 'p95', 'a second', 'n'],
        rows,
      );
    } finally {
      for (const worker of workers) await worker[Symbol.asyncDispose]();
    }
  });
}

async function withServer(
  configuration: Configuration,
  use: (server: ClickHouseConnection, connect: (database?: string) => ClickHouseClient) => Promise<void>,
): Promise<void> {
  await using host = await openHost(configuration);
  const server = await startServer(host);
  const clients: ClickHouseClient[] = [];
  const connect = (database = 'default'): ClickHouseClient => {
    const client = createClient({
      url: server.url,
      username: server.admin.user,
      password: server.admin.password,
      database,
    });
    clients.push(client);
    return client;
  };
  try {
    await use(server, connect);
  } finally {
    for (const client of clients) await client.close();
  }
}
