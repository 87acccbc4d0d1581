/**
 * A process beside a run that does nothing but hold the run's socket. When the run ends without having cleaned up
 * (SIGKILL, out of memory), the keeper does it. Started by the run, in a session of its own so that a Ctrl-C does not
 * reach it; its argument is the run's folder.
 */
import { get } from 'node:http';
import { RunFolder } from './folder.ts';

const [, , path] = process.argv;
if (path === undefined) throw new Error('The keeper needs the folder of its run.');
const folder = new RunFolder(path);

await new Promise<void>((resolve) => {
  get({ socketPath: folder.socket, path: '/alive', agent: false }, (response) =>
    response.resume().once('close', resolve),
  )
    .once('error', () => resolve())
    .once('close', resolve);
});
await folder.remove();
