/**
 * A run without tests, for tests of what kills and users do to runs: it opens the run, starts PostgreSQL, and writes to
 * it until its standard input ends. Arguments: the folder for runs, and the cache. It prints `run=` its folder,
 * `ready=`, and when it ends `rows=` how many it has written and how many are there.
 */
import { readConfiguration } from '../../run/configuration/index.ts';
import { type ServerConnection, startPostgresServer } from '../../stores/postgres/index.ts';
import { Maintenance } from '../../stores/postgres/maintenance.ts';
import { RunHost } from '../../run/index.ts';

const [, , root = '', cache = ''] = process.argv;
const configuration = readConfiguration({ PROVING_GROUND_FOLDER: root, PROVING_GROUND_CACHE: cache });
process.stdin.resume();
const say = (line: string): void => void process.stdout.write(`${line}\n`);

await using host = await RunHost.open(
  { postgres: (folder) => startPostgresServer(configuration, { folder, workers: 1 }) },
  root,
);
say(`run=${host.folder.path}`);
await using postgres = new Maintenance((await host.service('postgres')) as ServerConnection, 'owner');
await postgres.query('CREATE TABLE written (n int)');
say('ready=yes');

let rows = 0;
do {
  await postgres.query(`INSERT INTO written VALUES (${rows})`);
  rows++;
} while (!process.stdin.readableEnded);
const {
  rows: [found],
} = await postgres.query('SELECT count(*)::int AS n FROM written');
say(`rows=${rows},${(found as { n: number }).n}`);
