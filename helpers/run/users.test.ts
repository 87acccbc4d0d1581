import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, processesMentioning } from './processes/index.ts';
import { waitFor } from '../lib/wait.ts';
import { expect, test } from '../testing/index.ts';
import type { Root } from '../testing/root.ts';
import { RunFolder } from './index.ts';

const owner = fileURLToPath(new URL('../testing/run/owner.ts', import.meta.url));

for (const { kills, tag } of [
  { kills: 10, tag: '@short' },
  { kills: 50, tag: '@long' },
]) {
  test(
    `of the runs of two users with one cache, one is killed ${kills} times at any moment: the other has not noticed, and nothing is left`,
    { tag },
    async ({ root }) => {
      test.setTimeout(kills * 60_000); // two seconds each on an idle machine
      const users = usersOfThisMachine();
      const bothWays = [users, users.toReversed()] as [User, User][];
      const rows = await Promise.all(
        bothWays.map(([victim, bystander], index) => killBeside(shared(root, index), victim, bystander, kills / 2)),
      );
      for (const { written, found } of rows) {
        expect(written).toBeGreaterThan(0);
        expect(found, 'how many of the rows that the run beside has written are there').toBe(written);
      }
    },
  );
}

async function killBeside(
  places: Places,
  victim: User,
  bystander: User,
  kills: number,
): Promise<{ written: number; found: number }> {
  const started = performance.now();
  const beside = new Owner(places, bystander);
  await beside.says('ready');
  const patience = performance.now() - started;
  const folder = new RunFolder(await beside.says('run'));
  const processes = ['postgres', 'keeper'].map((name) => recordedProcess(folder, name)!);

  for (let kill = 0; kill < kills; kill++) {
    const run = new Owner(places, victim);
    await delay(Math.random() * patience);
    await run.kill({ keeperToo: kill % 2 === 0 });
    expect(processes.map(isAlive), `processes of the run beside after ${kill + 1} kills`).toEqual([true, true]);
  }
  // A run that was killed between creating its folder and its socket counts as under construction for ten seconds.
  await expect
    .poll(
      async () => {
        await new Owner(places, victim).end();
        return RunFolder.all(places.runs).map((run) => run.path);
      },
      { timeout: 120_000 },
    )
    .toEqual([folder.path]);
  const strangers = (): string[] =>
    processesMentioning(places.runs)
      .map(({ line }) => line)
      .filter((line) => !line.includes(folder.path) && !line.includes(owner));
  // PostgreSQL checks once a minute whether its folder exists.
  await expect.poll(strangers, { timeout: 70_000 }).toEqual([]);

  await beside.end();
  expect(readdirSync(places.runs)).toEqual([]);
  const cached = readdirSync(places.cache).map((name) => [name, statSync(path.join(places.cache, name)).uid]);
  expect(Object.fromEntries(cached), 'whose the folders of the cache are').toEqual(
    Object.fromEntries([victim, bystander].map(({ uid }) => [`user-${uid}`, uid])),
  );
  const [written, found] = (await beside.says('rows')).split(',').map(Number) as [number, number];
  return { written, found };
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** As root, this user and another one that can read our code; otherwise this user twice. */
function usersOfThisMachine(): [User, User] {
  const ourselves = { uid: process.getuid!(), gid: process.getgid!() };
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'daemon'], { encoding: 'utf8' }));
  if (ourselves.uid !== 0 || !canOthersEnter(owner) || !canOthersEnter(process.execPath)) return [ourselves, ourselves];
  return [ourselves, { uid: id('-u'), gid: id('-g') }];
}

function canOthersEnter(file: string): boolean {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    if ((statSync(folder).mode & 0o005) !== 0o005) return false;
    if (folder === path.dirname(folder)) return true;
  }
}

interface Places {
  readonly runs: string;
  readonly cache: string;
}

/** Folders with the permissions of `/dev/shm`: every user may add entries, and remove only their own. */
function shared(root: Root, index: number): Places {
  const places = { runs: path.join(root.path, `runs-${index}`), cache: path.join(root.path, `cache-${index}`) };
  for (const folder of Object.values(places)) {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o1777);
  }
  return places;
}

/** A run of a user. */
class Owner {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #output = '';

  constructor(places: Places, { uid, gid }: User) {
    const home = path.join(path.dirname(places.runs), `home-${uid}`);
    mkdirSync(home, { recursive: true });
    if (process.getuid!() !== uid) chownSync(home, uid, gid);
    this.#child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), owner, places.runs, places.cache], {
      uid,
      gid,
      cwd: '/',
      detached: true,
      stdio: 'pipe',
      env: { PATH: process.env['PATH'], HOME: home, TMPDIR: home },
    });
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    this.#closed = once(this.#child, 'close');
  }

  /** The text that it prints after `name=`. */
  async says(name: string): Promise<string> {
    const found = (): string | undefined => new RegExp(`^${name}=(.*)$`, 'm').exec(this.#output)?.[1];
    await waitFor(() => found() !== undefined || this.#child.exitCode !== null, 120_000, 5);
    expect(found(), `what a run says of ${name}; it said:\n${this.#output}`).toBeDefined();
    return found()!;
  }

  /** Lets it end by itself, once it is ready. */
  async end(): Promise<void> {
    this.#child.stdin!.end();
    await this.#closed;
    expect(this.#child.exitCode, this.#output).toBe(0);
  }

  /** Kills it, and optionally its keeper. */
  async kill({ keeperToo }: { readonly keeperToo: boolean }): Promise<void> {
    const run = /^run=(.*)$/m.exec(this.#output)?.[1];
    const keeper = keeperToo && run !== undefined ? recordedProcess(new RunFolder(run), 'keeper') : undefined;
    if (keeper !== undefined) process.kill(keeper, 'SIGKILL');
    this.#child.kill('SIGKILL');
    await this.#closed;
  }
}

/** The id of a process that a run has recordedProcess, whatever user owns the record. */
function recordedProcess(run: RunFolder, name: string): number | undefined {
  try {
    return (JSON.parse(readFileSync(path.join(run.path, 'processes', name), 'utf8')) as { pid: number }).pid;
  } catch {
    return undefined; // not started yet
  }
}
