import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import git from 'isomorphic-git';
import type { WholeFiles } from './files.ts';
import { parseMessage } from './message.ts';
import { unlessCode } from './paths.ts';

/** What isomorphic-git needs to know in every call. */
export interface Git {
  readonly fs: WholeFiles['fileSystem'];
  readonly dir: string;
  readonly cache: object;
}

type Row = Awaited<ReturnType<typeof git.statusMatrix>>[number];

/**
 * Makes a repository usable that a killed process has left: completes a switch of branches, reads a broken index anew
 * from the files, undoes an instruction that will come again, and has other changes committed on the branch that they
 * were made on.
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

/** Puts files into the index as they are; one that is not there out of it. */
export async function stage(repository: Git, files: readonly string[]): Promise<void> {
  for (const filepath of files) {
    const exists = await repository.fs.promises.lstat(path.join(repository.dir, filepath)).catch(unlessCode('ENOENT'));
    await (exists === undefined
      ? git.remove({ ...repository, filepath })
      : git.add({ ...repository, filepath, force: true }));
  }
}

/** Notes that an instruction begins, which comes again if we are killed before {@link end}. */
export async function begin(repository: Git, instruction: string): Promise<void> {
  await repository.fs.promises.writeFile(begun(repository), instruction);
}

/** It is committed, or has changed nothing. */
export async function end(repository: Git): Promise<void> {
  await rm(begun(repository), { force: true });
}

/** Checks a branch out, which begins where `start` is if it is new. There must be nothing uncommitted. */
export async function switchTo(repository: Git, branch: string, start: string): Promise<void> {
  if ((await git.currentBranch(repository)) === branch) return;
  if (!(await git.listBranches(repository)).includes(branch))
    await git.branch({ ...repository, ref: branch, object: start });
  await repository.fs.promises.writeFile(switching(repository), branch);
  await checkOut(repository, branch);
}

/** A check-out that is interrupted leaves files of both branches: the mark tells that they are nobody's changes. */
async function checkOut(repository: Git, ref: string): Promise<void> {
  await git.checkout({ ...repository, ref, force: true });
  await rm(switching(repository), { force: true });
}

/** Puts every file back as the last commit has it. */
async function undo(repository: Git): Promise<void> {
  for (const [filepath, head] of await git.statusMatrix(repository)) {
    if (head === 1) continue;
    await rm(path.join(repository.dir, filepath), { force: true });
    await git.remove({ ...repository, filepath });
  }
  await git.checkout({ ...repository, force: true });
}

/** The id of the one that the last commit is of. */
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
    return false; // whatever is wrong with it
  }
}
