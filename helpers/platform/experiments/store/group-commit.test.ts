import { expect, test } from '../../../testing/index.ts';
import { GroupCommit } from './group-commit.ts';

/** Writes texts, remembers its batches, and fails a batch that has `bad` in it. */
function committer(largest?: number): { readonly commit: GroupCommit<string, string>; readonly batches: string[][] } {
  const batches: string[][] = [];
  const write = async (batch: readonly string[]): Promise<string[]> => {
    batches.push([...batch]);
    await new Promise(setImmediate);
    if (batch.includes('bad')) throw new Error('not written');
    return batch.map((item) => item.toUpperCase());
  };
  return { commit: new GroupCommit(write, (item) => [item.split('-')[0]!], largest), batches };
}

test('what comes together is written together, and each gets its own result', async () => {
  const { commit, batches } = committer();
  expect(await Promise.all(['a', 'b', 'c'].map((item) => commit.add(item)))).toEqual(['A', 'B', 'C']);
  expect(batches).toEqual([['a', 'b', 'c']]);
});

test('what excludes each other comes one after the other, in order', async () => {
  const { commit, batches } = committer();
  await Promise.all(['a-1', 'a-2', 'b', 'a-3'].map((item) => commit.add(item)));
  expect(batches).toEqual([['a-1', 'b'], ['a-2'], ['a-3']]);
});

test('a batch has a limit', async () => {
  const { commit, batches } = committer(2);
  await Promise.all(['a', 'b', 'c'].map((item) => commit.add(item)));
  expect(batches).toEqual([['a', 'b'], ['c']]);
});

test('a batch that fails, fails for its own, and the next is written', async () => {
  const { commit } = committer(1);
  const [bad, good] = await Promise.allSettled([commit.add('bad'), commit.add('good')]);
  expect(bad).toMatchObject({ status: 'rejected', reason: { message: 'not written' } });
  expect(good).toEqual({ status: 'fulfilled', value: 'GOOD' });
  expect(await commit.add('later')).toBe('LATER');
});
