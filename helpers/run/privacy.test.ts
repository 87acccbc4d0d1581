import { spawnSync } from 'node:child_process';
import { lstatSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, imports, test } from '../testing/index.ts';
import { RunFolder, RunHost } from './index.ts';

const isRoot = process.getuid?.() === 0;
/** The id of an unprivileged user that no process of a run has. */
const stranger = 65_534;

const permissions = (file: string): number => lstatSync(file).mode & 0o777;

test("a run's folder is closed to other users, whatever the umask", ({ root, runParts: { access } }) => {
  for (const mask of [0o000, 0o022, 0o077]) {
    const before = process.umask(mask);
    const folder = RunFolder.create(root.path, access);
    folder.recordProcess('one', process.pid);
    process.umask(before);
    // Servers of root run as another user.
    expect(permissions(folder.path), "what users may do with the run's folder").toBe(isRoot ? 0o711 : 0o700);
    expect(permissions(path.join(folder.path, 'processes'))).toBe(0o700);
    expect(permissions(path.join(folder.path, 'processes', 'one'))).toBe(0o600);
  }
});

test("a run's socket is closed to other users", async ({ root, runParts: { access } }) => {
  const before = process.umask(0);
  await using host = await RunHost.open(
    { secret: async () => ({ connection: 'password', stop: async () => undefined }) },
    root.path,
    undefined,
    access,
  );
  expect(process.umask(before), 'the umask of everything else').toBe(0);
  expect(permissions(host.folder.socket), "what users may do with the run's socket").toBe(0o600);
  if (!isRoot) return; // only root can become another user
  const { status, stderr } = spawnSync(
    'sh',
    [
      '-c',
      `exec "$0" --eval "require('node:net').connect('${host.folder.socket}').on('connect', () => process.exit(0))"`,
      process.execPath,
    ],
    { uid: stranger, gid: stranger, cwd: '/', env: {}, encoding: 'utf8' },
  );
  expect(stderr).toContain('connect EACCES');
  expect(status).toBe(1);
});

test("a run's files are closed to other users, and no command line shows a password", async ({
  startInlineTest,
  root,
}, testInfo) => {
  const before = process.umask(0); // inherited by the run
  const run = startInlineTest({
    'a.spec.ts': `${imports}
    import { allProcesses } from ${JSON.stringify(path.resolve(import.meta.dirname, 'processes/index.ts'))};

    test.setTimeout(280_000);
    test('has everything', async ({
      postgres, clickhouse, platform, tenant, sessionPlatform, session, _postgresServer, _clickhouseServer,
    }) => {
      await session.execute('Add a new page called "Test Page"');
      const { local } = platform;
      const secrets = [
        ..._postgresServer ? [_postgresServer.admin.password, _postgresServer.testRole.password] : [],
        _clickhouseServer.admin.password, ..._clickhouseServer.testRoles.map(({ password }) => password),
        platform.secret, platform.account.password, tenant.sign(),
        sessionPlatform.secret, sessionPlatform.cloud.credentials.secretAccessKey,
      ];
      expect(secrets.filter((secret) => typeof secret !== 'string' || secret.length < 8)).toEqual([]);
      const lines = allProcesses().map(({ line }) => line);
      expect(lines.filter((line) => line.includes(process.env.PROVING_GROUND_RUN)).length).toBeGreaterThan(8);
      expect(lines.filter((line) => secrets.some((secret) => line.includes(secret)))).toEqual([]);
      console.log('run=' + process.env.PROVING_GROUND_RUN);
      await new Promise(() => {});
    });
  `,
  });
  process.umask(before);
  const folder = await run.printed('run', 280_000);
  expect(readdirSync(folder)).toEqual(
    expect.arrayContaining(['clickhouse', 'cloud-0', 'postgres', 'postgres.log', 'processes', 'run.sock']),
  );
  expect(openIn(folder)).toEqual([]);
  expect(openIn(testInfo.outputPath('run-1', 'results', '.measurements'))).toEqual([]);
  expect(root.runs.map((one) => one.path)).toEqual([folder]);
});

/** The files that other users can read or write, because no parent folder prevents it. */
function openIn(folder: string): string[] {
  const mayEnter = (statSync(folder).mode & 0o011) !== 0;
  if (!mayEnter) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return openIn(file);
    return (permissions(file) & 0o066) === 0 ? [] : [file];
  });
}
