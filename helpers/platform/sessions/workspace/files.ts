import promises, { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Writes files whole or not at all, whenever the process is killed: beside, and then put in place. `folder` is for what
 * is not finished; it is on the same volume, and what is left in it means nothing.
 */
export class WholeFiles {
  readonly #folder: string;
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Removes what was left unfinished. */
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

  /** Node's file system with this way to write, as `isomorphic-git` takes it. */
  readonly fileSystem = { promises: { ...promises, writeFile: this.write } };
}
