import path from 'node:path';
import { createUnderLoad, type LoadResult, Tenant } from '../../../clients/index.ts';
import { type ClickHouseConnection, clickhouseParts, startClickHouseServer } from '../../../stores/clickhouse/index.ts';
import type { Configuration } from '../../../run/configuration/index.ts';
import { buildPlatform, openPlatform, type OpenPlatform } from '../../../platform/index.ts';
import {
  postgresParts,
  PostgresWorker,
  type ServerConnection,
  startPostgresServer,
} from '../../../stores/postgres/index.ts';
import { RunHost } from '../../../run/index.ts';
import { type Bench, checkLocal } from '../bench.ts';
import type { Report } from '../report.ts';
import { median, ratio } from '../statistics.ts';
import { insertBare } from './insert.ts';

const clients = 100;
const requests = 10_000;
const rounds = 5;
/** Rounds until the code of all processes is compiled, as in a platform that has been up for a while. */
const warmUps = 4;
/** Enough for the server to have a connection for each client. */
const workers = 4;
const account = { email: 'bench@example.com', password: 'bench', user_id: 'bench', tenant_id: 'bench', roles: [] };

/** The throughput of creating experiments over HTTP, by clients, compared with a bare INSERT of the same rows. */
export const benchExperiments: Bench = async (configuration, report) => {
  checkLocal(configuration, 'platform');
  await withPlatform(configuration, async (platform, server) => {
    const creates: LoadResult[] = [];
    const inserts: number[] = [];
    for (let round = 0; round < warmUps; round++) await load(platform, clients, requests);
    for (let round = 0; round < rounds; round++) {
      creates.push(await load(platform, clients, requests));
      inserts.push(await insertBare(server, platform.postgres, clients, requests));
    }
    compare(report, creates, inserts);
    await grow(platform, report);
  });
};

function compare(report: Report, creates: readonly LoadResult[], inserts: readonly number[]): void {
  const perSecond = median(creates.map((create) => create.perSecond));
  const p99 = median(creates.map(({ latency }) => latency.p99));
  const errors = creates.reduce((sum, create) => sum + create.errors, 0);
  report.table(
    `${requests} experiments by ${clients} clients`,
    ['', 'a second', 'goal'],
    [
      ['POST /api/v1/experiments', perSecond.toFixed(0), report.figure('creates_per_s', perSecond, { atLeast: 1000 })],
      [
        '  bare INSERT of the same rows',
        median(inserts).toFixed(0),
        report.ratio(
          'creates_vs_insert',
          ratio(
            creates.map((create) => create.perSecond),
            inserts,
          ),
          { atLeast: 0.4 },
        ),
      ],
      ['p99 of a request, ms', p99.toFixed(0), report.figure('p99_ms', p99, { atMost: 100 })],
      ['errors', String(errors), report.figure('errors', errors, { atMost: 0 })],
    ],
  );
  report.figure('inserts_per_s', median(inserts));
  report.say(creates.toSorted((a, b) => a.perSecond - b.perSecond)[Math.floor(creates.length / 2)]!.histogram);
}

async function grow(platform: OpenPlatform, report: Report): Promise<void> {
  const rows: string[][] = [];
  for (const count of [1, 10, 50, 100, 200]) {
    const { perSecond, latency } = await load(platform, count, Math.min(requests, count * 500));
    report.figure(`creates_per_s_${count}_clients`, perSecond);
    report.figure(`p99_ms_${count}_clients`, latency.p99);
    rows.push([`${count} clients`, perSecond.toFixed(0), latency.p50.toFixed(1), latency.p99.toFixed(1)]);
  }
  report.table('More clients', ['', 'a second', 'p50 ms', 'p99 ms'], rows);
}

/** As a separate tenant, which is removed afterwards. */
async function load({ url, secret }: OpenPlatform, count: number, amount: number): Promise<LoadResult> {
  const tenant = new Tenant(url, secret, 'bench');
  const result = await createUnderLoad(url, tenant.token, { clients: count, requests: amount });
  await tenant.remove();
  return result;
}

async function withPlatform(
  configuration: Configuration,
  use: (platform: OpenPlatform, server: ServerConnection) => Promise<void>,
): Promise<void> {
  await using host = await RunHost.open(
    {
      postgres: (folder) =>
        startPostgresServer(configuration, { folder, workers, keptFolder: path.join(folder.path, 'kept') }),
      clickhouse: (folder) => startClickHouseServer(configuration, { folder, workers: 1, ...clickhouseParts }),
      platform: () => buildPlatform(configuration),
    },
    configuration.folder,
  );
  const server = (await host.service('postgres')) as ServerConnection;
  await using postgres = await PostgresWorker.open({
    server,
    run: host.folder.id,
    worker: 0,
    workers,
    parts: postgresParts,
    measure: () => undefined,
  });
  await using platform = await openPlatform({
    folder: host.folder,
    worker: 0,
    postgres,
    clickhouse: (await host.service('clickhouse')) as ClickHouseConnection,
    slot: 0,
    code: (await host.service('platform')) as string,
    decoration: undefined,
    account,
  });
  await use(platform, server);
}
