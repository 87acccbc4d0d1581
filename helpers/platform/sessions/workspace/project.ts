import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import git from 'isomorphic-git';
import { WholeFiles } from './files.ts';
import { template } from './site/template.ts';

/** The branch that every thread begins from. */
export const mainBranch = 'main';
const draftPrefix = '.draft-';

type Author = Parameters<typeof git.commit>[0]['author'];

/** Creates the site's folder from the template unless it exists, atomically. */
export async function ensureProject(folder: string, author: Author): Promise<void> {
  if (existsSync(path.join(folder, '.git'))) return;
  const parent = path.dirname(folder);
  await removeDrafts(parent);
  const draft = await mkdtemp(path.join(parent, draftPrefix));
  try {
    await makeProject(draft, author);
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(path.join(folder, '.git'))) throw error; // otherwise another process was faster
  }
}

async function makeProject(dir: string, author: Author): Promise<void> {
  const repository = { fs: new WholeFiles(path.join(dir, '.git')).fileSystem, dir, cache: {} };
  await git.init({ ...repository, defaultBranch: mainBranch });
  await Promise.all(
    Object.entries(template).map(async ([file, content]) => {
      await mkdir(path.dirname(path.join(dir, file)), { recursive: true });
      await writeFile(path.join(dir, file), content);
    }),
  );
  await git.add({ ...repository, filepath: Object.keys(template), force: true });
  await git.commit({ ...repository, author, message: 'New site' });
}

/** Removes the unfinished drafts of a killed predecessor. */
async function removeDrafts(parent: string): Promise<void> {
  const drafts = (await readdir(parent)).filter((name) => name.startsWith(draftPrefix));
  await Promise.all(drafts.map((name) => rm(path.join(parent, name), { recursive: true, force: true })));
}
