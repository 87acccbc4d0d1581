import { allProcesses, environmentOf, isAlive } from '../../run/processes/index.ts';
import type { Inventory } from './inventory.ts';

/** A run's folder, and a task's folder inside it. */
const runFolder = /[^\s=,:]*\/proving-ground-[0-9a-f]{8}(?![\w-])/;
const taskFolder = /[^\s=,:]*\/proving-ground-[0-9a-f]{8}\/cloud-\d+\/tasks\/[^\s/]+/;

/**
 * The living processes of runs: those with a run's folder in their arguments or, on Linux, in their environment. The
 * processes of one session's container are one task, named by its folder.
 */
export function processesOfRuns(): Pick<Inventory, 'processes' | 'tasks'> {
  const processes: string[] = [];
  const tasks = new Set<string>();
  for (const { pid, line } of allProcesses()) {
    if (pid === process.pid || line === '') continue; // kernel threads have no arguments
    const run = (runFolder.exec(line) ?? runFolder.exec(environmentOf(pid)))?.[0];
    if (run === undefined || !isAlive(pid)) continue;
    const task = taskFolder.exec(line)?.[0];
    if (task === undefined) processes.push(`${pid} of ${run}: ${line.trim().slice(0, 120)}`);
    else tasks.add(task);
  }
  return { processes, tasks: [...tasks] };
}
