import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The folder in which Playwright keeps the TypeScript that it has compiled. */
function folderOfPlaywright(): string {
  const { PLAYWRIGHT_TRANSFORM_CACHE_DIR: named, PWTEST_CACHE_DIR: alsoNamed } = process.env;
  const user = process.platform === 'win32' ? '' : `-${process.geteuid?.()}`;
  return named ?? alsoNamed ?? path.join(tmpdir(), `playwright-transform-cache${user}`);
}

/** What is known of the folder in which Playwright keeps what it has compiled. */
export interface Transforms {
  /** Which of Playwright's two outputs a Node gets: since Node 24 `using` stays as it is. */
  kindOf(version: string): string;
  /** Playwright has a folder for each two digits that a hash begins with; others may have files beside these. */
  isOfPlaywright(name: string): boolean;
}

export const transforms: Transforms = {
  kindOf: (version) => (Number(version.split('.')[0]) < 24 ? 'without using' : 'with using'),
  isOfPlaywright: (name) => /^[0-9a-f]{2}$/.test(name),
};

/**
 * Forgets what Playwright has compiled for another Node: it compiles `using` for Node before 24 alone, and takes from
 * its cache whatever is there. Called by the configuration, before specs are loaded.
 */
export function forgetTransformsOfOtherNode(
  folder = folderOfPlaywright(),
  version = process.versions.node,
  { kindOf, isOfPlaywright } = transforms,
): void {
  const mark = path.join(folder, 'proving-ground-node');
  try {
    if (existsSync(mark) && readFileSync(mark, 'utf8') === kindOf(version)) return;
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder).filter(isOfPlaywright))
      rmSync(path.join(folder, name), { recursive: true, force: true });
    writeFileSync(mark, kindOf(version));
  } catch {
    /* a folder that cannot be written is not Playwright's cache either */
  }
}
