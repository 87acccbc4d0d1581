/**
 * A run without tests, for tests of killed runs and of several users: it opens the run, starts PostgreSQL, and writes
 * to it until its standard input ends. Arguments: the folder for runs, and the cache. It prints `run=` with its folder,
 * `ready=`, and at its end `rows=` with the numbers of rows written and found.
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
