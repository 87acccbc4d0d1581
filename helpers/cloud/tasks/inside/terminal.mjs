// Runs one command beside a container's program in a terminal of its own, until its owner has gone. The command is the
// first of its session, so that it can control jobs.
//
// Arguments: the task's folder (it tells whose process this is), the terminal's columns and rows, the command, its
// arguments. Each line on standard input is JSON: `{"input":"<base64>"}` is typed, `{"size":[columns,rows]}` is a size.
import { accessSync, closeSync, constants, openSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { spawn } from '@lydell/node-pty';
import { holdLifeline } from './lifeline.mjs';

const notFound = 127;
/** Bytes that wait to be read, until the command has to wait. */
const most = 8 * 1024 * 1024;

const [columns, rows, command, ...args] = process.argv.slice(3);
if (!isExecutable(command)) {
  process.stdout.write(`exec: ${JSON.stringify(command)}: executable file not found in $PATH\r\n`, () =>
    process.exit(notFound),
  );
} else run();

function run() {
  const terminal = spawn(command, args, {
    name: 'xterm-256color',
    cols: Number(columns),
    rows: Number(rows),
    cwd: process.cwd(),
    env: process.env,
    encoding: null, // bytes, because a chunk may end within a character
  });
  holdLifeline(() => {
    signalGroup(terminal.pid);
    signalGroup(process.pid); // it leads a group of its own
  });
  createInterface({ input: process.stdin }).on('line', (line) => {
    const { input, size } = JSON.parse(line);
    if (size !== undefined) terminal.resize(...size);
    else terminal.write(Buffer.from(input, 'base64'));
  });
  terminal.onData((data) => {
    process.stdout.write(data);
    if (process.stdout.writableLength > most) waitForReader(terminal);
  });
  readToTheEnd(terminal);
  terminal.onExit(({ exitCode, signal }) => {
    process.stdout.write('', () => process.exit(signal > 0 ? 128 + signal : exitCode));
  });
}

/**
 * Ends a terminal when its command has ended and all of its output was read. The other end is held open until then:
 * libuv takes a terminal that was hung up for read to its end after any read, although the kernel may still hand on
 * what was written last. And the library closes it 200 ms after the end, whether or not this process had a turn.
 */
function readToTheEnd(terminal) {
  const { _socket: socket, _pty: otherEnd } = terminal;
  const held = openSync(otherEnd, constants.O_RDWR | constants.O_NOCTTY);
  const close = socket.destroy.bind(socket);
  let turns = 0;
  socket.on('data', () => (turns = 0));
  /** Calls back after two turns in which nothing came. */
  const whenQuiet = (then) => {
    if (turns >= 2) return then();
    turns++;
    setImmediate(whenQuiet, then);
  };
  const watch = setInterval(() => {
    if (isAlive(terminal.pid)) return;
    clearInterval(watch);
    whenQuiet(() => closeSync(held));
  }, 10);
  socket.destroy = (error) => {
    if (error) close(error);
    else whenQuiet(close);
    return socket;
  };
}

/** What an ended command has written is read at once, because its terminal closes soon after. */
function waitForReader(terminal) {
  terminal.pause();
  const goOn = () => {
    clearInterval(watch);
    terminal.resume();
  };
  const watch = setInterval(() => isAlive(terminal.pid) || goOn(), 20);
  process.stdout.once('drain', goOn);
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function signalGroup(leader) {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

function isExecutable(name) {
  const places = name.includes('/') ? [''] : (process.env.PATH ?? '').split(path.delimiter);
  return places.some((place) => {
    try {
      accessSync(path.join(place, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
