import { expect, test } from '../../../testing/index.ts';
import { GroupCommit } from './group-commit.ts';

/** Writes texts such as `group/key-number`, records its batches, and fails a batch that contains `bad` or `away`. */
function committer({
  largest,
  write = () => new Promise<void>(setImmediate),
}: { readonly largest?: number; readonly write?: (batch: readonly string[]) => Promise<void> } = {}): {
  readonly commit: GroupCommit<string, string>;
  readonly batches: string[][];
} {
  const batches: string[][] = [];
  const commit = new GroupCommit<string, string>({
    async write(batch) {
      batches.push([...batch]);
      await write(batch);
      for (const failure of ['bad', 'away']) if (batch.some((item) => item.endsWith(failure))) throw new Error(failure);
      return batch.map((item) => item.toUpperCase());
    },
    groupOf: (item) => (item.includes('/') ? item.split('/')[0]! : ''),
    keysOf: (item) => [item.split('-')[0]!],
    isOfOne: (error) => (error as Error).message === 'bad',
    ...(largest === undefined ? {} : { largest }),
  });
  return { commit, batches };
}

test('items that arrive together are written together and get their own results', async () => {
  const { commit, batches } = committer();
  expect(await Promise.all(['a', 'b', 'c'].map((item) => commit.add(item)))).toEqual(['A', 'B', 'C']);
  expect(batches).toEqual([['a', 'b', 'c']]);
});

test('conflicting items are written one after the other, in order', async () => {
  const { commit, batches } = committer();
  await Promise.all(['a-1', 'a-2', 'b', 'a-3'].map((item) => commit.add(item)));
  expect(batches).toEqual([['a-1', 'b'], ['a-2'], ['a-3']]);
});

test('a batch has a maximum size', async () => {
  const { commit, batches } = committer({ largest: 2 });
  await Promise.all(['a', 'b', 'c'].map((item) => commit.add(item)));
  expect(batches).toEqual([['a', 'b'], ['c']]);
});

test('groups do not wait for each other, and a batch writes a group once', async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { commit, batches } = committer({
    write: (batch) => (batch[0]!.startsWith('held') ? held : Promise.resolve()),
  });
  const waiting = [commit.add('held/a'), commit.add('other/a')];
  expect(await waiting[1]).toBe('OTHER/A');
  waiting.push(commit.add('held/b'));
  expect(await commit.add('other/b')).toBe('OTHER/B');
  release();
  expect(await Promise.all(waiting)).toEqual(['HELD/A', 'OTHER/A', 'HELD/B']);
  expect(batches).toEqual([['held/a'], ['other/a'], ['other/b'], ['held/b']]);
});

test('an item that cannot be written fails alone, after a second try', async () => {
  const { commit, batches } = committer();
  const answers = await Promise.allSettled(['a', 'bad', 'c'].map((item) => commit.add(item)));
  expect(answers).toMatchObject([{ value: 'A' }, { status: 'rejected', reason: { message: 'bad' } }, { value: 'C' }]);
  expect(batches).toEqual([['a', 'bad', 'c'], ['a'], ['bad'], ['c']]);
  expect(await commit.add('later')).toBe('LATER');
});

test('a failure of the whole batch reaches all its items, and the next batch is written', async () => {
  const { commit, batches } = committer({ largest: 2 });
  const answers = await Promise.allSettled(['a', 'away', 'c'].map((item) => commit.add(item)));
  expect(answers).toMatchObject([{ reason: { message: 'away' } }, { reason: { message: 'away' } }, { value: 'C' }]);
  expect(batches).toEqual([['a', 'away'], ['c']]);
});
