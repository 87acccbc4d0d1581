// Runs one command beside a container's program: with what it inherits from here, until its owner has gone. Plain
// JavaScript, so that it starts without a loader.
//
// Arguments: the task's folder (it tells whose process this is), the command, its arguments.
// File descriptor 4: a pipe from the owner, on which nothing ever comes but its end.
import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { constants } from 'node:os';

const lifeline = new Socket({ fd: 4, readable: true, writable: false });
lifeline.on('end', () => process.kill(-process.pid, 'SIGKILL')); // it leads a group of its own
lifeline.resume();

const [command, ...args] = process.argv.slice(3);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
child.once('error', ({ code, message }) => {
  process.stderr.write(`exec: ${JSON.stringify(command)}: ${code === 'ENOENT' ? 'executable file not found in $PATH' : message}\n`);
  process.exit(127);
});
child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
