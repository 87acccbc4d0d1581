import { createHash, randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What a file of the ledger says. */
export interface Entry {
  readonly key: string;
  readonly name: string;
  readonly pid: number;
  readonly marker: string | null;
  readonly input: string | null;
  readonly updates: number;
}

/**
 * The effects of all tasks: a file for each creation, named by its idempotency key. A creation with a key that is known
 * has no further effect, so tasks that were created twice are two files with the same name in them.
 */
export class Ledger {
  readonly #folder: string | undefined;

  /** @param folder undefined for no ledger: then every task exists. */
  constructor(folder: string | undefined) {
    this.#folder = folder;
    if (folder !== undefined) mkdirSync(folder, { recursive: true });
  }

  /** At once or not at all. Returns whether it has an effect. */
  create(entry: Entry): boolean {
    return this.#write(entry, (draft, file) => linkSync(draft, file));
  }

  update(entry: Entry): void {
    this.#write(entry, renameSync);
  }

  has(key: string): boolean {
    return this.#folder === undefined || existsSync(this.#file(key));
  }

  /** Its file remains, with another name. */
  delete(key: string): void {
    if (this.#folder !== undefined && this.has(key)) renameSync(this.#file(key), `${this.#file(key)}.deleted`);
  }

  #write(entry: Entry, place: (draft: string, file: string) => void): boolean {
    if (this.#folder === undefined) return true;
    const draft = path.join(this.#folder, `.${randomUUID()}`);
    writeFileSync(draft, JSON.stringify(entry));
    try {
      place(draft, this.#file(entry.key));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /** A key may have any characters. */
  #file(key: string): string {
    const name = /^[\w-]{1,80}$/.test(key) ? key : createHash('sha256').update(key).digest('hex');
    return path.join(this.#folder!, `${name}.json`);
  }
}
