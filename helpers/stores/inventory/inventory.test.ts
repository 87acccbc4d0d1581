import { spawn } from 'node:child_process';
import path from 'node:path';
import { ECSClient, RunTaskCommand, StopTaskCommand, waitUntilTasksRunning } from '@aws-sdk/client-ecs';
import { launch } from '../../testing/cloud/index.ts';
import { readConfiguration } from '../../run/configuration/index.ts';
import { connect, connectionOptions, quoted } from '../postgres/connection.ts';
import { stopProcess } from '../../run/processes/index.ts';
import { RunHost } from '../../run/index.ts';
import { expect, test } from '../../testing/index.ts';
import { type Inventory, takeInventory } from './index.ts';

/** The entries of an inventory that contain a run's id. */
function ofRun({ id }: { readonly id: string }, inventory: Inventory): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(inventory).map(([kind, names]) => [kind, names.filter((name) => name.includes(id))]),
  );
}

test("a run's folder and processes are found by arguments or environment until it ends", async ({ root }) => {
  const nothing = { databases: [], processes: [], folders: [], containers: [], tasks: [] };
  const configuration = { ...readConfiguration({}), folder: root.path };
  const host = await RunHost.open({}, root.path);
  const { folder } = host;
  const start = (args: string[], env = {}): number =>
    spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)', ...args], {
      stdio: 'ignore',
      env: { ...process.env, PROVING_GROUND_RUN: '', ...env },
    }).pid!;
  const pids = [start([path.join(folder.path, 'postgres')]), start([`${folder.path}-backup`])];
  if (process.platform === 'linux') pids.push(start([], { PROVING_GROUND_RUN: folder.path }));
  const sorted = (names: readonly string[]): string[] => names.map((name) => name.split(':')[0]!).toSorted();

  const during = ofRun(folder, await takeInventory(configuration));
  expect({ ...during, processes: sorted(during['processes']!) }).toEqual({
    ...nothing,
    folders: [folder.path],
    processes: pids
      .filter((pid) => pid !== pids[1])
      .map((pid) => `${pid} of ${folder.path}`)
      .toSorted(),
  });

  for (const pid of pids) await stopProcess(pid, 'SIGKILL');
  await host[Symbol.asyncDispose]();
  expect(ofRun(folder, await takeInventory(configuration))).toEqual(nothing);
});

test('a task is listed by its folder, and no other process is', async ({
  sessionPlatform: {
    cloud: { endpoint, region, credentials },
    cluster,
    service,
    folder,
    cloud,
  },
}) => {
  const ecs = new ECSClient({ endpoint, region, credentials });
  const { tasks } = await ecs.send(new RunTaskCommand({ cluster, taskDefinition: service, ...launch }));
  const task = tasks![0]!.taskArn!;
  await waitUntilTasksRunning({ client: ecs, minDelay: 1, maxWaitTime: 20 }, { cluster, tasks: [task] });
  const name = cloud.tasks().get(task)!.folder;

  const during = await takeInventory();
  expect(during.tasks.filter((one) => one.startsWith(folder))).toEqual([name]);
  expect(during.processes.filter((one) => one.includes(name))).toEqual([]);

  await ecs.send(new StopTaskCommand({ cluster, task }));
  ecs.destroy();
  await expect.poll(async () => (await takeInventory()).tasks.filter((one) => one.startsWith(folder))).toEqual([]);
});

test("a remote server's inventory lists databases of runs except kept ones", async ({ server }) => {
  const ours = ['proving_ground_0badcafe_template_0123456789ab', 'proving_ground_0badcafe_w3_1'];
  const admin = await connect(connectionOptions(server, server.admin, 'postgres'));
  try {
    for (const name of [...ours, 'proving_ground_0badcafe_kept_0_1', 'proving_ground_backup'])
      await admin.query(`CREATE DATABASE ${quoted(name)} STRATEGY file_copy`);
    const { databases } = await takeInventory(
      readConfiguration({
        TARGET: 'remote',
        TEST_POSTGRES_URL: `postgresql://${server.admin.user}:${server.admin.password}@${server.host}:${server.port}/postgres`,
      }),
    );
    expect(databases).toEqual(ours);
  } finally {
    await admin.end();
  }
});
