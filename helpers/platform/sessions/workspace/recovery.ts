import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import git from 'isomorphic-git';
import type { WholeFiles } from './files.ts';
import { parseMessage } from './message.ts';
import { unlessCode } from './paths.ts';

/** The common parameters of isomorphic-git's functions. */
export interface Git {
  readonly fs: WholeFiles['fileSystem'];
  readonly dir: string;
  readonly cache: object;
}

type Row = Awaited<ReturnType<typeof git.statusMatrix>>[number];

/**
 * Recovers the repository of a killed process: completes a switch of branches, rebuilds a broken index from the files,
 * undoes an unfinished instruction that will be repeated, and commits other changes on their branch.
 */
export async function recover(repository: Git, commit: (branch: string) => Promise<string>): Promise<void> {
  await rm(path.join(repository.dir, '.git', 'index.lock'), { force: true });
  if (!(await isIndexReadable(repository))) await rm(path.join(repository.dir, '.git', 'index'), { force: true });
  const target = await readMark(switching(repository));
  if (target !== '') return checkOut(repository, target);
  const instruction = await readMark(begun(repository));
  if (instruction !== '' && instruction !== (await lastInstruction(repository))) await undo(repository);
  await end(repository);
  const rows = await git.statusMatrix(repository);
  await stage(
    repository,
    rows.filter(([, head, workdir, index]) => !(head === 1 && workdir === 1 && index === 1)).map(([file]) => file),
  );
  const branch = await git.currentBranch(repository);
  if (rows.some(isChanged)) await commit(branch ?? '');
}

/** Whether a file differs from the last commit. */
export function isChanged([, head, workdir]: Row): boolean {
  return head !== workdir;
}

/** Updates the index to the current files, and removes missing ones from it. */
export async function stage(repository: Git, files: readonly string[]): Promise<void> {
  for (const filepath of files) {
    const exists = await repository.fs.promises.lstat(path.join(repository.dir, filepath)).catch(unlessCode('ENOENT'));
    await (exists === undefined
      ? git.remove({ ...repository, filepath })
      : git.add({ ...repository, filepath, force: true }));
  }
}

/** Records that an instruction begins, which will be repeated if this process is killed before {@link end}. */
export async function begin(repository: Git, instruction: string): Promise<void> {
  await repository.fs.promises.writeFile(begun(repository), instruction);
}

/** Records that it is committed or has changed nothing. */
export async function end(repository: Git): Promise<void> {
  await rm(begun(repository), { force: true });
}

/** Checks out a branch; a new one begins at `start`. There must be no uncommitted changes. */
export async function switchTo(repository: Git, branch: string, start: string): Promise<void> {
  if ((await git.currentBranch(repository)) === branch) return;
  if (!(await git.listBranches(repository)).includes(branch))
    await git.branch({ ...repository, ref: branch, object: start });
  await repository.fs.promises.writeFile(switching(repository), branch);
  await checkOut(repository, branch);
}

/** An interrupted check-out leaves files of both branches; the mark shows that these are not changes. */
async function checkOut(repository: Git, ref: string): Promise<void> {
  await git.checkout({ ...repository, ref, force: true });
  await rm(switching(repository), { force: true });
}

/** Restores every file to the last commit. */
async function undo(repository: Git): Promise<void> {
  for (const [filepath, head] of await git.statusMatrix(repository)) {
    if (head === 1) continue;
    await rm(path.join(repository.dir, filepath), { force: true });
    await git.remove({ ...repository, filepath });
  }
  await git.checkout({ ...repository, force: true });
}

/** The id of the instruction in the last commit. */
async function lastInstruction(repository: Git): Promise<string | undefined> {
  const [last] = await git.log({ ...repository, depth: 1 });
  return parseMessage(last!.commit.message).trailers['Instruction-ID'];
}

function switching({ dir }: Git): string {
  return path.join(dir, '.git', 'switching');
}

function begun({ dir }: Git): string {
  return path.join(dir, '.git', 'instruction');
}

async function readMark(file: string): Promise<string> {
  return (await readFile(file, 'utf8').catch(unlessCode('ENOENT'))) ?? '';
}

async function isIndexReadable(repository: Git): Promise<boolean> {
  try {
    await git.listFiles(repository);
    return true;
  } catch {
    return false; // broken in any way
  }
}
