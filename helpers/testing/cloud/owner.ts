// Owns a control plane with two tasks and a command running in one of them, prints their process ids as JSON, and waits
// to be killed. One task ignores SIGTERM.
import { setTimeout as delay } from 'node:timers/promises';
import { ExecuteCommandCommand } from '@aws-sdk/client-ecs';
import { runInSession } from '../../cloud/index.ts';
import { processesMentioning } from '../../run/processes/index.ts';
import { cluster, definition, openTestCloud, runningTask, runTask } from './index.ts';

const { ecs, pids, folder } = await openTestCloud();
const tasks = [
  await runTask(ecs, definition('stubborn', 'stubborn'), { enableExecuteCommand: true }),
  await runTask(ecs, definition('serve', 'serve')),
];
for (const task of tasks) await runningTask(ecs, task);
const { session } = await ecs.send(
  // Its arguments tell whose it is: it leads a session of its own, in its terminal.
  new ExecuteCommandCommand({ cluster, task: tasks[0], command: `sh -c "sleep 1000; : ${folder}"`, interactive: true }),
);
void runInSession(session!, { timeout: 100_000 });
while (pids.length < 3 || processesMentioning(`: ${folder}`).length < 2) await delay(10);
process.stdout.write(`${JSON.stringify(pids)}\n`);
