// The first thing that runs in a container that is a process: ends it, and whatever it has started, when its owner has
// gone, and then runs its program.
//
// Arguments: the task's folder (it tells whose process this is), the program's module, the program's own arguments.
import { pathToFileURL } from 'node:url';
import { holdLifeline } from './lifeline.mjs';

holdLifeline(() => process.kill(-process.pid, 'SIGKILL')).unref(); // it leads a group of its own

// A socket accepts from the moment in which it arrives here: it has to come when the program is there to take it.
process.on('newListener', function askForPorts(event) {
  if (event !== 'message') return;
  process.off('newListener', askForPorts);
  process.send({ takesPorts: true });
});

process.argv.splice(1, 2); // the program sees what it would see without us
await import(pathToFileURL(process.argv[1]).href);
