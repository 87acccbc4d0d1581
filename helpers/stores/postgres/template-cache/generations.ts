import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
} from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { draftAge, publish, removeOld } from '../../../lib/cache.ts';
import { copyFolder } from '../server/copy-folder.ts';

const execute = promisify(execFile);

const draftName = 'draft-';

/** A template in the cache. */
export interface CachedTemplate {
  readonly name: string;
  /** Names its folder within `base`. */
  readonly oid: string;
  readonly bytes: number;
}

/**
 * A database's files are valid only with the data folder that they were made in, so what is cached is data folders,
 * each the successor of the one before:
 *
 *     <folder>/<generation>/data             without the files of templates; only the newest generation has it
 *     <folder>/<generation>/base/<oid>       the files of a template that this generation has added
 *     <folder>/<generation>/templates.json   all templates that `data` knows, oldest first
 *
 * Runs side by side may start from the same generation: the first to end publishes its successor, and what the others
 * have made is made again by a later run. No file changes once it is published.
 */
export class Generations {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** The newest generation; zero when there is none. */
  newest(): number {
    return this.#numbers().find((number) => existsSync(this.dataFolder(number))) ?? 0;
  }

  dataFolder(generation: number): string {
    return path.join(this.folder, String(generation), 'data');
  }

  /** All templates that a generation's data folder knows, oldest first. */
  templates(generation: number): readonly CachedTemplate[] {
    const list = path.join(this.folder, String(generation), 'templates.json');
    return existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as CachedTemplate[]) : [];
  }

  /**
   * Copies a template's files to where a server of one of these generations looks for them. Returns false when they are
   * too old, or gone, because other templates needed their room.
   */
  async bring(oid: string, dataFolder: string, isFresh: (milliseconds: number) => boolean): Promise<boolean> {
    const place = path.join(dataFolder, 'base', oid);
    if (existsSync(place)) return true;
    const source = this.#filesOf(oid);
    if (source === undefined || !isFresh(Date.now() - madeAt(source))) return false;
    const draft = `${dataFolder}-${oid}`;
    try {
      await copyFolder(source, draft);
      if (!existsSync(source)) return false; // removed while it was copied, so perhaps not whole
      renameSync(draft, place);
      return true;
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }

  /**
   * Makes a stopped server's data folder, which is moved, the successor of the generation that it was copied from. Does
   * nothing when another run was first.
   */
  async add(after: number, dataFolder: string, templates: readonly CachedTemplate[]): Promise<void> {
    const before = new Set(this.templates(after).map(({ oid }) => oid));
    mkdirSync(this.folder, { recursive: true });
    const draft = mkdtempSync(path.join(this.folder, draftName));
    try {
      chmodSync(draft, 0o711); // the server's user enters its own folders
      mkdirSync(path.join(draft, 'base'));
      for (const oid of readdirSync(path.join(dataFolder, 'base'))) {
        const files = path.join(dataFolder, 'base', oid);
        if (before.has(oid)) await rm(files, { recursive: true });
        else if (templates.some((template) => template.oid === oid)) await move(files, path.join(draft, 'base', oid));
      }
      await move(dataFolder, path.join(draft, 'data'));
      await writeFile(path.join(draft, 'templates.json'), JSON.stringify(templates));
      publish(draft, path.join(this.folder, String(after + 1)));
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      throw error;
    }
    await this.#removeOld();
  }

  /** Removes the data folders before the newest one, and the files of templates that it does not know. */
  async #removeOld(): Promise<void> {
    const newest = this.newest();
    const known = new Set(this.templates(newest).map(({ oid }) => oid));
    for (const number of this.#numbers().filter((one) => one < newest)) {
      const base = path.join(this.folder, String(number), 'base');
      const unknown = (existsSync(base) ? readdirSync(base) : []).filter((oid) => !known.has(oid));
      for (const place of [this.dataFolder(number), ...unknown.map((oid) => path.join(base, oid))])
        await this.#remove(place);
    }
    removeOld(this.folder, (name) => name.startsWith(draftName), draftAge);
  }

  /** At once, so that whoever copies it finds by its path that something may be missing. */
  async #remove(place: string): Promise<void> {
    if (!existsSync(place)) return;
    const aside = mkdtempSync(path.join(this.folder, draftName));
    renameSync(place, path.join(aside, 'removed'));
    await rm(aside, { recursive: true, force: true });
  }

  #filesOf(oid: string): string | undefined {
    return this.#numbers()
      .map((number) => path.join(this.folder, String(number), 'base', oid))
      .find((place) => existsSync(place));
  }

  /** Newest first. */
  #numbers(): number[] {
    const names = existsSync(this.folder) ? readdirSync(this.folder) : [];
    return names
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .toSorted((one, other) => other - one);
  }
}

/** PostgreSQL writes this file when it creates a database, and never again. */
function madeAt(files: string): number {
  return statSync(path.join(files, 'PG_VERSION'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

async function move(from: string, to: string): Promise<void> {
  await execute('mv', [from, to]); // also to another file system
}
