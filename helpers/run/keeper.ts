/**
 * A process beside a run that only watches the run's socket. When the run ends without cleaning up (SIGKILL, out of
 * memory), the keeper does it. The run starts it in a session of its own, so that Ctrl-C does not reach it; its
 * argument is the run's folder.
 */
import { get } from 'node:http';
import { RunFolder } from './folder.ts';

const [, , path] = process.argv;
if (path === undefined) throw new Error('The keeper needs the folder of its run as argument.');
const folder = new RunFolder(path);

await new Promise<void>((resolve) => {
  get({ socketPath: folder.socket, path: '/alive', agent: false }, (response) =>
    response.resume().once('close', resolve),
  )
    .once('error', () => resolve())
    .once('close', resolve);
});
await folder.remove();
