// The process that a local ClickHouse runs in. Plain JavaScript, so that it starts without a loader: that would take
// as long as the server itself.
//
// libchdb holds ClickHouse's own LocalServer and HTTP handler. `SYSTEM START LISTEN` opens the real HTTP interface
// (ClickHouse PR #101143), on a port that the kernel chooses; the last statement goes on for ever, and with it the
// server. Standard input is the lifeline: it ends with the run's process, however that ends.
//
// Arguments: the library, the folder for everything, the configuration.
import { DataType, load, open } from 'ffi-rs';

const [, , library, folder, configuration] = process.argv;
const die = () => process.kill(process.pid, 'SIGKILL'); // nobody will miss the data, and the engine heeds no other signal
process.stdin.resume().once('end', die).once('error', die);
for (const signal of ['SIGTERM', 'SIGQUIT']) process.once(signal, die);

const statements = [
  'SYSTEM START LISTEN HTTP',
  `SELECT getServerPort('http_port') INTO OUTFILE '${folder}/port' TRUNCATE FORMAT TSV`,
  'SELECT sleepEachRow(3) FROM system.numbers SETTINGS max_block_size = 1, max_execution_time = 0 FORMAT Null',
];
const args = ['clickhouse', `--path=${folder}/data`, '--http_port=0', '--listen_host=127.0.0.1', `--config-file=${configuration}`, '--multiquery', '--query', statements.join('; ')];
open({ library: 'chdb', path: library });
await load({
  library: 'chdb',
  funcName: 'chdb_query_cmdline',
  retType: DataType.External,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [args.length, args],
  runInNewThread: true,
});
process.exit(1); // it returns only when it could not go on, and has said why
