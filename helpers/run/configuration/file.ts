import { existsSync } from 'node:fs';
import path from 'node:path';
import { EnvironmentUnavailable } from '../../lib/environment.ts';

/** Playwright's configuration in a folder; undefined where there is none. */
export function configurationIn(folder: string): string | undefined {
  return ['ts', 'js', 'mts', 'mjs', 'cts', 'cjs']
    .map((extension) => path.join(folder, `playwright.config.${extension}`))
    .find((file) => existsSync(file));
}

/**
 * Playwright looks for its configuration in the folder that it is started in, and does without one there. In a folder
 * below that of a configuration this is a mistake.
 * @throws EnvironmentUnavailable saying where to start it.
 */
export function checkNoneAbove(folder: string): void {
  for (let above = path.dirname(folder), below = folder; above !== below; below = above, above = path.dirname(above)) {
    const file = configurationIn(above);
    if (file !== undefined)
      throw new EnvironmentUnavailable(
        `Playwright found no configuration in ${folder}: start it in ${above}, or add --config ${path.relative(folder, file)}.`,
      );
  }
}
