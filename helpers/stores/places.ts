import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

/** A path: relative to the file that says it, absolute, or a URL such as `new URL('./migrations', import.meta.url)`. */
export type Place = string | URL;

/** The absolute path of a place that is said in a file of this folder. */
export function placeIn(folder: string, place: Place): string {
  return place instanceof URL || place.startsWith('file:') ? fileURLToPath(place) : path.resolve(folder, place);
}

/** The end of a sentence about a place that is not there. */
export function nothingAt(folder: string, place: string): string {
  const [wanted, elsewhere] = [placeIn(folder, place), path.resolve(place)];
  const hint =
    existsSync(elsewhere) && !path.isAbsolute(place)
      ? `: paths count from the file that says them, from where ${elsewhere} is ${path.relative(folder, elsewhere)}`
      : '';
  return `there is no file or folder ${wanted}${hint}`;
}

/** What Playwright tells of a test and of its run, as far as it says where an option's value comes from. */
export interface DeclaringTest {
  readonly config: { readonly configFile?: string; readonly rootDir: string };
  readonly project: { readonly use: object };
  /** Its file. A ready-made test lies elsewhere than the spec that it is for, which its path of titles begins with. */
  readonly file: string;
  readonly titlePath: readonly string[];
}

/** From where relative paths in an option count. */
export interface Places {
  /**
   * The folder of the file that says the option's value: of the configuration where its `use` has the same value for
   * the test's project, otherwise of the spec.
   */
  folderOf(option: string, value: unknown, test: DeclaringTest): string;
}

export const places: Places = {
  folderOf(option, value, { config, project, titlePath }) {
    const configured = (project.use as Readonly<Record<string, unknown>>)[option];
    return isDeepStrictEqual(configured, value)
      ? folderOfConfiguration(config)
      : path.dirname(path.resolve(config.rootDir, titlePath[0]!));
  },
};

/** The folder of Playwright's configuration; without one, that in which Playwright was started. */
export function folderOfConfiguration({ configFile }: Pick<DeclaringTest['config'], 'configFile'>): string {
  return configFile === undefined ? process.cwd() : path.dirname(configFile);
}
