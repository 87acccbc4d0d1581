import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, imports, test } from '../testing/index.ts';
import { Root } from '../testing/root.ts';
import { rootCandidates, rootFolder, roomIn, roomNeeded } from './place.ts';

const megabyte = 1024 * 1024;
const isRoot = process.getuid?.() === 0;

test.describe("the choice of a run's folder", () => {
  test("a run's folder is where configured, else in memory, else in the temporary folder", ({ root }) => {
    expect(rootCandidates(root.path)).toEqual([root.path]);
    expect(rootCandidates(undefined)).toEqual(['/dev/shm', tmpdir()]);
    expect(rootFolder([path.join(root.path, 'nowhere'), root.path], megabyte)).toBe(root.path);
  });

  test("a run's folder is where its workers have room", ({ root, runParts: { room } }) => {
    const [small, large] = ['small', 'large'].map((name) => path.join(root.path, name)) as [string, string];
    for (const folder of [small, large]) mkdirSync(folder);
    const free = (folder: string): number => (folder === small ? 600 : 2_000) * megabyte;
    const taken = [1, 2, 3, 16].map((workers) => rootFolder([small, large], room.needed(workers), free));
    expect(taken, 'where 1, 2, 3 and 16 workers stand').toEqual([small, small, large, large]);
    expect(rootFolder([small, large], room.needed(12, false), free), 'with servers elsewhere').toBe(small);
    expect(roomIn(root.path)).toBeGreaterThan(megabyte);
  });

  test("PostgreSQL's write-ahead log has a quarter of the room, and no more than 1 GB", ({ runParts: { room } }) => {
    const logs = [540, 2_000, 100_000].map((free) => room.forLog(free * megabyte) / megabyte);
    expect(logs, 'megabytes of log where 540, 2000 and 100000 are free').toEqual([135, 500, 1024]);
  });

  test('a run without a possible folder fails with the reason for each place', ({ root }) => {
    const missing = path.join(root.path, 'missing');
    const file = path.join(root.path, 'file');
    const long = path.join(root.path, 'x'.repeat(100));
    writeFileSync(file, '');
    mkdirSync(long);
    expect(() => rootFolder([missing, file, long, root.path], roomNeeded(4), () => 500 * megabyte)).toThrow(
      expect.objectContaining({
        name: 'Environment unavailable',
        message: `There is no place for this run (${missing} does not exist; ${file} is no folder; ${long} is too long for the address of a socket; ${root.path} has 500 MB free): point PROVING_GROUND_FOLDER at a writable folder with 800 MB free, or use fewer --workers.`,
      }),
    );
  });

  test("a run's folder is never where it cannot write", ({ root }) => {
    test.skip(isRoot, 'root may write everywhere');
    const closed = path.join(root.path, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o500);
    expect(() => rootFolder([closed], megabyte)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(`(${closed} cannot be written)`) }),
    );
  });
});

/** Commands that change `/dev/shm` for one run, in a mount namespace of its own. */
const sharedMemories = {
  'of 64 MB, as in a container of Docker': 'mount -t tmpfs -o size=64m tmpfs /dev/shm',
  'of 300 MB': 'mount -t tmpfs -o size=300m tmpfs /dev/shm',
  'that is read-only': 'mount -t tmpfs -o size=2g,ro tmpfs /dev/shm',
  'that is absent':
    'mkdir "$0/dev" && for one in null zero random urandom; do : > "$0/dev/$one" && mount --bind /dev/$one "$0/dev/$one"; done ' +
    '&& mount --rbind "$0/dev" /dev',
};

for (const [title, command] of Object.entries(sharedMemories)) {
  test(`beside a /dev/shm ${title} a run stands in the temporary folder, and passes`, async ({ startInlineTest }) => {
    test.skip(
      !isRoot || spawnSync('unshare', ['--mount', 'true']).status !== 0,
      'only root may mount, and not in every container',
    );
    const temporary = new Root(tmpdir()); // on a disk: the run sees another /dev/shm
    try {
      const { exitCode, tests, output } = await startInlineTest(
        {
          'a.spec.ts': `${imports}
        import { existsSync } from 'node:fs';

        test('has both', async ({ databases }) => {
          await expect(databases).toBeValid();
          expect(process.env.PROVING_GROUND_RUN).toContain(${JSON.stringify(`${temporary.path}/proving-ground-`)});
          expect(existsSync('/dev/shm')).toBe(${!title.includes('absent')});
        });
      `,
        },
        {
          env: {
            PROVING_GROUND_FOLDER: undefined,
            TMPDIR: temporary.path,
            PWTEST_CACHE_DIR: path.join(tmpdir(), `playwright-transform-cache-${process.getuid!()}`),
          },
          through: ['unshare', '--mount', 'sh', '-ec', `${command}; exec "$@"`, temporary.path],
        },
      ).ended;
      expect(tests, output).toMatchObject([{ status: 'passed', errors: [] }]);
      expect(exitCode).toBe(0);
      expect(temporary.leftovers().filter((name) => !/^dev(\/|$)/.test(name))).toEqual([]);
    } finally {
      await temporary.remove();
    }
  });
}
