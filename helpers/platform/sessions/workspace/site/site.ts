import { lstat, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { WorkspaceError } from '../errors.ts';
import type { WholeFiles } from '../files.ts';
import { realFolder, unlessCode } from '../paths.ts';
import { componentsPath, fileOf, type Page, pagesPath, readPage, writePage } from './page.ts';

/** The pages of the site in a folder, ordered by slug. */
export async function readPages(folder: string): Promise<Page[]> {
  const place = await realFolder(folder, pagesPath);
  const entries = (await readdir(place, { withFileTypes: true }).catch(unlessCode('ENOENT'))) ?? [];
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .toSorted();
  const pages = await Promise.all(
    files.map(async (name) =>
      readPage(name, (await readFile(path.join(place, name), 'utf8').catch(unlessCode('ENOENT'))) ?? ''),
    ),
  );
  return pages.filter((page) => page !== undefined);
}

/** Changes a site's files. Methods return the changed paths, relative to the site's folder. */
export class Site {
  readonly #folder: string;
  readonly #files: WholeFiles;
  readonly #changed: () => void;

  /** @param changed called when pages were changed. */
  constructor(folder: string, files: WholeFiles, changed: () => void) {
    this.#folder = folder;
    this.#files = files;
    this.#changed = changed;
  }

  pages(): Promise<Page[]> {
    return readPages(this.#folder);
  }

  /** @param instead the slug of the page that this one replaces. */
  async putPage(page: Page, instead = page.slug): Promise<string[]> {
    const written = await this.#write(pagesPath, fileOf(page.slug), writePage(page));
    const removed = instead === page.slug ? [] : await this.#remove(pagesPath, fileOf(instead));
    this.#changed();
    return [written, ...removed];
  }

  async removePage({ slug }: Page): Promise<string[]> {
    const removed = await this.#remove(pagesPath, fileOf(slug));
    this.#changed();
    return removed;
  }

  /** The names of the components in a subfolder. */
  async components(folder: readonly string[]): Promise<string[]> {
    return (
      (await readdir(await realFolder(this.#folder, [...componentsPath, ...folder])).catch(unlessCode('ENOENT'))) ?? []
    );
  }

  putComponent(folder: readonly string[], name: string, content: string): Promise<string> {
    return this.#write([...componentsPath, ...folder], name, content);
  }

  async #write(folder: readonly string[], name: string, content: string): Promise<string> {
    const place = path.join(await realFolder(this.#folder, folder, true), name);
    const found = await lstat(place).catch(unlessCode('ENOENT'));
    const relative = [...folder, name].join('/');
    if (found !== undefined && !found.isFile())
      throw new WorkspaceError('NOT_UNDERSTOOD', `${relative} is no file of this workspace`);
    await this.#files.write(place, content);
    return relative;
  }

  async #remove(folder: readonly string[], name: string): Promise<string[]> {
    await rm(path.join(await realFolder(this.#folder, folder), name));
    return [[...folder, name].join('/')];
  }
}
