import { spawn } from 'node:child_process';

/** Ends the provider processes of a manager that was killed, even if nothing starts it again. */
export interface Watchdog {
  /** @param mark an argument of its process, by which its owner can be identified. */
  start(mark: string): void;
}

/**
 * Waits until the pipe to it closes, which the kernel does when the manager ends, and kills the manager's process
 * group. A provider process is in that group from its first moment, so there is none that it could miss.
 */
const script = 'read -r _; kill -s KILL -- "-$1"';

export const watchdog: Watchdog = {
  start(mark) {
    const child = spawn('/bin/sh', ['-c', script, mark, String(process.pid)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true, // in a group of its own
      env: {},
    });
    child.on('error', (error) => {
      throw error; // without it providers would outlive a killed manager
    });
    child.stdin.on('error', () => undefined); // it has ended: `exit` follows
    child.once('exit', () => this.start(mark)); // something has killed it
  },
};
