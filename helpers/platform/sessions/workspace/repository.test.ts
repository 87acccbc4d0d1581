import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import git from 'isomorphic-git';
import fs from 'node:fs';
import { systemClock } from '../../../lib/clock.ts';
import { commitMessages } from './message.ts';
import { type Repository, repositories } from './repository.ts';
import { ana, expect, test } from '../../../testing/container.ts';

const autoCommit = (branch: string): string => commitMessages.compose('left', { threadId: branch, interrupted: true });
const subjects = async (repository: Repository): Promise<string[]> =>
  (await repository.log(100)).map(({ subject }) => subject);

async function open(folder: string, branch = 'thread-1'): Promise<Repository> {
  mkdirSync(path.dirname(folder), { recursive: true });
  return repositories.open({ folder, branch, clock: systemClock, autoCommit });
}

async function commitFile(repository: Repository, folder: string, name: string, content = name): Promise<string> {
  await repository.files.write(path.join(folder, name), content);
  return repository.commit(commitMessages.compose(`Add ${name}`, { threadId: repository.branch, interrupted: false }), [
    name,
  ]);
}

test('each thread has a branch of its own, which begins where the site began', async ({ volume }) => {
  const folder = path.join(volume, 'project');
  const one = await open(folder, 'thread-1');
  const head = await commitFile(one, folder, 'one.txt');
  expect(await one.head()).toBe(head);
  const other = await open(folder, 'thread-2');
  expect(existsSync(path.join(folder, 'one.txt'))).toBe(false);
  await commitFile(other, folder, 'other.txt');
  expect(await subjects(other)).toEqual(['Add other.txt', 'New site']);
  expect(await one.currentBranch(), 'which the first one notices').toBe('thread-2');

  const again = await open(folder, 'thread-1');
  expect([existsSync(path.join(folder, 'one.txt')), existsSync(path.join(folder, 'other.txt'))]).toEqual([true, false]);
  expect(await again.log(100)).toMatchObject([
    { oid: head, subject: 'Add one.txt', trailers: { 'Thread-ID': 'thread-1' } },
    { subject: 'New site', trailers: {} },
  ]);
  expect(await again.changed()).toEqual([]);
});

test('a removed file is removed', async ({ volume }) => {
  const folder = path.join(volume, 'project');
  const one = await open(folder);
  await commitFile(one, folder, 'one.txt');
  fs.rmSync(path.join(folder, 'one.txt'));
  await one.commit('Remove one.txt\n', ['one.txt']);
  expect([await one.changed(), await git.listFiles({ fs, dir: folder })]).toEqual([
    [],
    expect.not.arrayContaining(['one.txt']),
  ]);
});

test('an uncommitted instruction of a killed container is undone before it is carried out again', async ({
  volume,
}) => {
  const folder = path.join(volume, 'project');
  const one = await open(folder);
  await commitFile(one, folder, 'one.txt');
  await one.begin('instruction-1');
  for (const name of ['one.txt', 'new.txt', 'staged.txt']) writeFileSync(path.join(folder, name), 'half');
  await git.add({ fs, dir: folder, filepath: 'staged.txt' });
  fs.rmSync(path.join(folder, 'index.html'));

  const other = await open(folder);
  expect(await subjects(other)).toEqual(['Add one.txt', 'New site']);
  expect(await other.changed()).toEqual([]);
  expect(readFileSync(path.join(folder, 'one.txt'), 'utf8')).toBe('one.txt');
  expect(['new.txt', 'staged.txt', 'index.html'].map((name) => existsSync(path.join(folder, name)))).toEqual([
    false,
    false,
    true,
  ]);
});

test('a committed instruction survives a kill at any moment', async ({ volume }) => {
  const folder = path.join(volume, 'project');
  const one = await open(folder);
  await one.begin('instruction-1');
  await one.files.write(path.join(folder, 'one.txt'), 'whole');
  const oid = await one.commit(
    commitMessages.compose('Add one.txt', { threadId: one.branch, instructionId: 'instruction-1', interrupted: false }),
    ['one.txt'],
  );
  const other = await open(folder); // where the instruction's end was not recorded
  expect([await other.head(), await other.changed(), readFileSync(path.join(folder, 'one.txt'), 'utf8')]).toEqual([
    oid,
    [],
    'whole',
  ]);
  writeFileSync(path.join(folder, 'one.txt'), 'by hand');
  expect(await subjects(await open(folder)), 'other changes are committed').toEqual([
    'left',
    'Add one.txt',
    'New site',
  ]);
});

test('leftovers of a killed container are committed on their thread before another begins', async ({ volume }) => {
  const folder = path.join(volume, 'project');
  await commitFile(await open(folder), folder, 'one.txt');
  writeFileSync(path.join(folder, 'one.txt'), 'changed');
  writeFileSync(path.join(folder, 'new.txt'), 'new');
  const other = await open(folder, 'thread-2');
  expect(await subjects(other)).toEqual(['New site']);
  const again = await open(folder, 'thread-1');
  expect(await again.log(1)).toMatchObject([
    { subject: 'left', trailers: { 'Thread-ID': 'thread-1', Interrupted: 'true' } },
  ]);
  expect([
    readFileSync(path.join(folder, 'one.txt'), 'utf8'),
    readFileSync(path.join(folder, 'new.txt'), 'utf8'),
  ]).toEqual(['changed', 'new']);
});

const damages: Readonly<Record<string, (folder: string) => void>> = {
  'half of an index': (folder) => truncateSync(path.join(folder, '.git/index'), 40),
  'no index': (folder) => fs.rmSync(path.join(folder, '.git/index')),
  'an empty index': (folder) => truncateSync(path.join(folder, '.git/index'), 0),
  'a lock': (folder) => writeFileSync(path.join(folder, '.git/index.lock'), ''),
  'unfinished files': (folder) => writeFileSync(path.join(folder, '.git/unfinished/1-1'), 'half'),
};

for (const [what, damage] of Object.entries(damages)) {
  test(`a repository with ${what} can be opened`, async ({ volume }) => {
    const folder = path.join(volume, 'project');
    const one = await open(folder);
    const head = await commitFile(one, folder, 'one.txt');
    damage(folder);
    const again = await open(folder);
    expect([await again.head(), await again.changed()]).toEqual([head, []]);
    await commitFile(again, folder, 'two.txt');
    expect(await subjects(again)).toEqual(['Add two.txt', 'Add one.txt', 'New site']);
    expect(fs.readdirSync(path.join(folder, '.git/unfinished'))).toEqual([]);
  });
}

test('an interrupted switch of branches is completed and not taken for a change', async ({ volume }) => {
  const folder = path.join(volume, 'project');
  await commitFile(await open(folder, 'thread-1'), folder, 'one.txt', 'first');
  await commitFile(await open(folder, 'thread-2'), folder, 'one.txt', 'second');
  // In the middle of a switch: the mark names its target, and some files are already there.
  writeFileSync(path.join(folder, '.git/switching'), 'thread-1');
  writeFileSync(path.join(folder, 'one.txt'), 'first');
  const other = await open(folder, 'thread-2');
  expect([await subjects(other), readFileSync(path.join(folder, 'one.txt'), 'utf8')]).toEqual([
    ['Add one.txt', 'New site'],
    'second',
  ]);
  expect(await subjects(await open(folder, 'thread-1'))).toEqual(['Add one.txt', 'New site']);
});

test('a container killed at any moment leaves its acknowledged work and a workspace that opens', async ({
  container,
  volume,
}) => {
  test.setTimeout(180_000);
  const acknowledged: string[] = [];
  const openings: (number | undefined)[] = [];
  for (let round = 0; round < 20; round++) {
    const one = await container();
    const thread = `thread-${round % 2}`; // each round begins with a switch
    const toldBefore = acknowledged.length;
    const killed = one.exit;
    // Kills at varying moments: from the first milliseconds of opening to the middle of the first, second or third
    // commit.
    const commitsBefore = round % 4;
    const opened = one.init({ threadId: thread }).catch(() => undefined);
    if (commitsBefore === 3) setTimeout(() => one.kill('SIGKILL'), round * 11);
    else openings.push((await opened)?.status);
    for (let number = 0; ; number++) {
      if (number === commitsBefore) setTimeout(() => one.kill('SIGKILL'), round * 5);
      const answer = await one.execute(`Create page "${round} ${number}"`, { threadId: thread }).catch(() => undefined);
      if (answer === undefined) break;
      if (answer.status === 200) acknowledged.push(`${thread} ${(answer.body as { commit: string }).commit}`);
    }
    expect(await killed, `round ${round}, after ${acknowledged.length - toldBefore} commits`).toBe('SIGKILL');
  }
  expect(openings).toEqual(Array(15).fill(200));
  expect(acknowledged.length).toBeGreaterThanOrEqual(15);
  const folder = path.join(volume, ana.clientId, ana.userId, 'project');
  for (const thread of ['thread-0', 'thread-1']) {
    const repository = await open(folder, thread);
    const commits = new Set((await repository.log(10_000)).map(({ oid }) => `${thread} ${oid}`));
    expect(acknowledged.filter((commit) => commit.startsWith(thread) && !commits.has(commit))).toEqual([]);
    expect(await repository.changed()).toEqual([]);
  }
});
