// The process that a local ClickHouse runs in. Plain JavaScript, so that it starts without a loader: that would take
// as long as the server itself. CommonJS, because modules are read by threads, which would escape the containment.
//
// libchdb holds ClickHouse's own LocalServer and HTTP handler. `SYSTEM START LISTEN` opens the real HTTP interface
// (ClickHouse PR #101143), on a port that the kernel chooses; the last statement goes on for ever, and with it the
// server. Standard input is the lifeline: it ends with the run's process, however that ends.
//
// Arguments: the library, the folder for everything, and as JSON what the process is confined to and whom it runs as.
const { DataType, load, open } = require('ffi-rs');
const { contain } = require('./containment.cjs');

const [, , library, folder, confinement] = process.argv;
const { refused, readable, identity } = JSON.parse(confinement);
// The data are not needed, and the engine heeds no other signal.
const die = () => process.kill(process.pid, 'SIGKILL');
process.stdin.resume().once('end', die).once('error', die);
for (const signal of ['SIGTERM', 'SIGQUIT']) process.once(signal, die);

open({ library: 'chdb', path: library }); // before: the packages may lie where nobody else may enter
contain({ folder, readable, refused });
if (identity.uid !== undefined) {
  process.setgroups([]);
  process.setgid(identity.gid);
  process.setuid(identity.uid);
}

const statements = [
  'SYSTEM START LISTEN HTTP',
  `SELECT getServerPort('http_port') INTO OUTFILE '${folder}/port' TRUNCATE FORMAT TSV`,
  'SELECT sleepEachRow(3) FROM system.numbers SETTINGS max_block_size = 1, max_execution_time = 0 FORMAT Null',
];
const args = [
  'clickhouse',
  `--path=${folder}/data`,
  '--http_port=0',
  '--listen_host=127.0.0.1',
  `--config-file=${folder}/config.xml`,
  '--multiquery',
  '--query',
  statements.join('; '),
];
void load({
  library: 'chdb',
  funcName: 'chdb_query_cmdline',
  retType: DataType.External,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [args.length, args],
  runInNewThread: true,
}).finally(() => process.exit(1)); // it returns only when it could not go on, and has said why
