import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The folder in which Playwright keeps the TypeScript that it has compiled. */
function folderOfPlaywright(): string {
  const { PLAYWRIGHT_TRANSFORM_CACHE_DIR: named, PWTEST_CACHE_DIR: alsoNamed } = process.env;
  const user = process.platform === 'win32' ? '' : `-${process.geteuid?.()}`;
  return named ?? alsoNamed ?? path.join(tmpdir(), `playwright-transform-cache${user}`);
}

/** Which of Playwright's two outputs this Node gets: since Node 24 `using` stays as it is. */
function kindOf(version: string): string {
  return Number(version.split('.')[0]) < 24 ? 'without using' : 'with using';
}

/** Playwright sorts what it has compiled into folders by the first two digits of a hash; the folder may have more. */
function isOfPlaywright(name: string): boolean {
  return /^[0-9a-f]{2}$/.test(name);
}

/**
 * Forgets what Playwright has compiled for another Node: it compiles `using` for Node before 24 alone, and takes from
 * its cache whatever is there. Called by the configuration, before specs are loaded.
 */
export function forgetTransformsOfOtherNode(folder = folderOfPlaywright(), version = process.versions.node): void {
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
