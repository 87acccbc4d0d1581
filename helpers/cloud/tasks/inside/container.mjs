// The first thing that runs in a container of Docker: ends it when its owner has gone, and runs its program, to which
// it hands its ports as `process.mjs` does, and says so when they are open.
//
// Arguments: the task's folder (it tells whose container this is), the ports, the program's module, the program's own
// arguments.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { pathToFileURL } from 'node:url';
import { holdLifeline } from './lifeline.mjs';

const killed = 137;
holdLifeline(() => process.exit(killed)).unref(); // it is the first of the container, which ends with it

const ports = process.argv[3]
  .split(',')
  .filter((port) => port !== '')
  .map(Number);

process.on('newListener', function openPorts(event) {
  if (event !== 'message') return;
  process.off('newListener', openPorts);
  void Promise.all(
    ports.map(async (port) => {
      const server = createServer().listen(port);
      await once(server, 'listening');
      process.emit('message', { listen: port }, server);
    }),
  ).then(() => process.stdout.write('The ports are open.\n'));
});

process.argv.splice(1, 3); // the program sees what it would see without us
await import(pathToFileURL(process.argv[1]).href);
