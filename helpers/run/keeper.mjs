/**
 * A process beside a run that only watches the run's socket. When the run ends without cleaning up (SIGKILL, out of
 * memory), the keeper does it. The run starts it in a session of its own, so that Ctrl-C does not reach it. In plain
 * JavaScript, because each run starts it, and to load TypeScript would take longer than all that it does. Its arguments
 * are the socket, and those with which Node cleans up.
 */
import { spawn } from 'node:child_process';
import { get } from 'node:http';

const [, , socketPath, ...cleaning] = process.argv;

await new Promise((resolve) => {
  get({ socketPath, path: '/alive', agent: false }, (response) => response.resume().once('close', resolve))
    .once('error', resolve)
    .once('close', resolve);
});
spawn(process.execPath, cleaning, { stdio: 'ignore' });
