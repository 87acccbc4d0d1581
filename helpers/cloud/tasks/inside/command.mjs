// Runs one command beside a container's program: with what it inherits from here, until its owner has gone.
//
// Arguments: the task's folder (it tells whose process this is), the command, its arguments.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { holdLifeline } from './lifeline.mjs';

holdLifeline(() => process.kill(-process.pid, 'SIGKILL')); // it leads a group of its own

const [command, ...args] = process.argv.slice(3);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
child.once('error', ({ code, message }) => {
  process.stderr.write(
    `exec: ${JSON.stringify(command)}: ${code === 'ENOENT' ? 'executable file not found in $PATH' : message}\n`,
  );
  process.exit(127);
});
child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
