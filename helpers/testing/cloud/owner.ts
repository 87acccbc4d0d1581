// Owns a control plane with two tasks and a command running in one of them, prints their process ids as JSON, and waits
// to be killed. One task ignores SIGTERM.
import { setTimeout as delay } from 'node:timers/promises';
import { ExecuteCommandCommand } from '@aws-sdk/client-ecs';
import { runInSession } from '../../cloud/index.ts';
import { cluster, definition, openTestCloud, runningTask, runTask } from './index.ts';

const { ecs, pids } = await openTestCloud();
const tasks = [
  await runTask(ecs, definition('stubborn', 'stubborn'), { enableExecuteCommand: true }),
  await runTask(ecs, definition('serve', 'serve')),
];
for (const task of tasks) await runningTask(ecs, task);
const { session } = await ecs.send(
  new ExecuteCommandCommand({ cluster, task: tasks[0], command: 'sleep 1000', interactive: true }),
);
void runInSession(session!, { timeout: 100_000 });
while (pids.length < 3) await delay(10);
process.stdout.write(`${JSON.stringify(pids)}\n`);
