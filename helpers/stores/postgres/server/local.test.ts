import { mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../../../lib/cache.ts';
import { readConfiguration } from '../../../run/configuration/index.ts';
import { RunFolder, RunHost } from '../../../run/index.ts';
import { expect, test } from '../../../testing/index.ts';
import type { ServerConnection } from '../connection.ts';
import { Maintenance } from '../maintenance.ts';
import { startPostgresServer } from './index.ts';

test('the first start prepares what later starts copy', async ({ root }) => {
  const cache = path.join(root.path, 'cache');
  const own = cacheFolder(cache, 'PostgreSQL'); // per user
  const start = () =>
    RunHost.open(
      { postgres: (folder) => startPostgresServer({ ...readConfiguration({}), cache }, { folder, workers: 1 }) },
      root.path,
    );
  const prepared = () => readdirSync(own).map((name) => [name, statSync(path.join(own, name)).ino]);
  {
    await using host = await start();
    const server = (await host.service('postgres')) as ServerConnection;
    await using testRole = new Maintenance({ ...server, admin: server.testRole }, 'test');
    const { rows } = await testRole.query(
      "SELECT current_setting('server_version_num')::int AS version, current_setting('is_superuser') AS superuser",
    );
    expect(rows).toEqual([{ version: server.version, superuser: 'off' }]);
  }
  const first = prepared();
  expect(first.map(([name]) => name)).toContainEqual(
    expect.stringMatching(/^postgres-data-[\d.]+(-beta\.\d+)?-[0-9a-f]{12}$/),
  ); // and no draft
  const preparedName = first.map(([name]) => String(name)).find((name) => name.startsWith('postgres-data-'));
  const killed = path.join(own, `${preparedName}-Ab3dEf`);
  mkdirSync(killed);
  utimesSync(killed, 0, 0);
  {
    await using host = await start();
    await host.service('postgres');
  }
  expect(prepared()).toEqual(first);
  expect(root.leftovers().filter((name) => !name.startsWith('cache'))).toEqual([]);
});

test('a cache that cannot be created is reported in one sentence', async ({ root }) => {
  const cache = path.join(root.path, 'file');
  writeFileSync(cache, '');
  await expect(
    startPostgresServer({ ...readConfiguration({}), cache }, { folder: RunFolder.create(root.path), workers: 1 }),
  ).rejects.toThrow(
    expect.objectContaining({
      name: 'Environment unavailable',
      message: `There is no folder to prepare PostgreSQL in (EEXIST: file already exists, mkdir '${cache}'): point PROVING_GROUND_CACHE at a folder that can be written.`,
    }),
  );
});

test('a run folder that only root may enter is reported in one sentence', async ({ root }) => {
  test.skip(process.getuid?.() !== 0, 'only root starts servers as somebody else');
  const closed = path.join(root.path, 'closed');
  mkdirSync(closed, { mode: 0o700 });
  await expect(
    startPostgresServer(readConfiguration({}), { folder: RunFolder.create(closed), workers: 1 }),
  ).rejects.toThrow(
    expect.objectContaining({
      name: 'Environment unavailable',
      message: `PostgreSQL does not run as root, and as nobody it cannot enter ${closed}: let others enter it (chmod o+x), or point PROVING_GROUND_FOLDER at another folder.`,
    }),
  );
});
