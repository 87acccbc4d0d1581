// The first thing that runs in a container's process: ends it, and whatever it has started, when its owner has gone,
// and then runs its program. Plain JavaScript, so that it starts without a loader.
//
// Arguments: the task's folder (it tells whose process this is), the program's module, the program's own arguments.
// File descriptor 4: a pipe from the owner, on which nothing ever comes but its end.
import { Socket } from 'node:net';
import { pathToFileURL } from 'node:url';

const lifeline = new Socket({ fd: 4, readable: true, writable: false });
lifeline.on('end', () => process.kill(-process.pid, 'SIGKILL')); // it leads a group of its own
lifeline.resume();
lifeline.unref();

// A socket accepts from the moment in which it arrives here: it has to come when the program is there to take it.
process.on('newListener', function askForPorts(event) {
  if (event !== 'message') return;
  process.off('newListener', askForPorts);
  process.send({ takesPorts: true });
});

process.argv.splice(1, 2); // the program sees what it would see without us
await import(pathToFileURL(process.argv[1]).href);
