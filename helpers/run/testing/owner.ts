/**
 * A run without tests, for tests of what kills and users do to runs: it opens the run, starts all that a run shares,
 * and writes to both stores until its standard input ends. Arguments: the folder for runs, and the cache. It prints
 * `run=` its folder, `ready=` with the times, and when it ends `rows=` what was written and is there.
 */
import { buildPlatform } from '../../platform/index.ts';
import { type ClickHouseConnection, clickhouseParts, startClickHouseServer } from '../../clickhouse/index.ts';
import { Administrator } from '../../clickhouse/connection.ts';
import { readConfiguration } from '../../configuration/index.ts';
import { type ServerConnection, startPostgresServer } from '../../postgres/index.ts';
import { Maintenance } from '../../postgres/maintenance.ts';
import { RunHost } from '../index.ts';

const [, , root = '', cache = ''] = process.argv;
const configuration = readConfiguration({ PROVING_GROUND_FOLDER: root, PROVING_GROUND_CACHE: cache });
process.stdin.resume();
const say = (line: string): void => void process.stdout.write(`${line}\n`);

await using host = await RunHost.open({
  postgres: (folder) => startPostgresServer(configuration, { folder, workers: 1 }),
  clickhouse: (folder) => startClickHouseServer(configuration, { folder, workers: 1, tenancy: clickhouseParts.tenancy }),
  platform: () => buildPlatform(configuration),
}, root);
say(`run=${host.folder.path}`);
const [server, clickhouse] = (await Promise.all(['postgres', 'clickhouse', 'platform'].map((name) => host.service(name)))) as [ServerConnection, ClickHouseConnection, string];
await using postgres = new Maintenance(server, 'owner');
await using administrator = new Administrator(clickhouse);
await postgres.query('CREATE TABLE written (n int)');
await administrator.text('CREATE TABLE default.written (n UInt32) ENGINE = MergeTree ORDER BY n');
say('ready=yes');

let rows = 0;
do {
  await Promise.all([postgres.query(`INSERT INTO written VALUES (${rows})`), administrator.text(`INSERT INTO default.written VALUES (${rows})`)]);
  rows++;
} while (!process.stdin.readableEnded);
const { rows: [found] } = await postgres.query('SELECT count(*)::int AS n FROM written');
say(`rows=${rows},${(found as { n: number }).n},${(await administrator.text('SELECT count() FROM default.written FORMAT TSV')).trim()}`);
