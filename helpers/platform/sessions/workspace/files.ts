import promises, { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Writes files atomically, by a draft in `folder` (on the same volume) that is renamed. */
export class WholeFiles {
  readonly #folder: string;
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Removes unfinished drafts. */
  async clear(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
    await mkdir(this.#folder, { recursive: true });
  }

  /** A symbolic link in this place is replaced, not followed. */
  readonly write: typeof writeFile = async (file, content, options) => {
    const draft = path.join(this.#folder, `${process.pid}-${this.#count++}`);
    try {
      await writeFile(draft, content, options);
      await rename(draft, file as string);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  };

  /** Node's file system with atomic writes, for `isomorphic-git`. */
  readonly fileSystem = { promises: { ...promises, writeFile: this.write } };
}
