import { EnvironmentUnavailable, messageOf } from '../../lib/environment.ts';
import { shortage } from '../../lib/shortage.ts';
import { firstProgram, isExecutable, usualPlaces } from './installed.ts';
import { findPackaged } from './packaged.ts';

/** A browser that speaks Chromium's protocol. */
export interface FoundBrowser {
  readonly executablePath: string;
  /** Additional environment variables for its process. */
  readonly env: Readonly<Record<string, string>>;
  /** Where it was found. */
  readonly source: 'TEST_BROWSER_PATH' | 'installed' | 'Playwright' | 'npm';
}

export interface BrowserSearch {
  /** The configured browser, which takes precedence. */
  readonly wanted: string | undefined;
  /** The path of Playwright's own browser, if it was downloaded. */
  readonly ofPlaywright: string;
  /** Folder for what is prepared once. */
  readonly cache: string | undefined;
  /** Paths to search for an installed browser; default the usual ones of this system. */
  readonly places?: readonly string[];
  /** The npm package that contains a browser. */
  readonly packageName?: string;
}

const mend = 'install Chrome or Chromium, run npx playwright install chromium, or set TEST_BROWSER_PATH.';

/**
 * Finds a browser without downloading one: the configured one, otherwise an installed Chrome, Chromium or Edge,
 * otherwise the one that Playwright has downloaded before, otherwise the Chromium from npm. Costs less than a
 * millisecond, except that the last has to be unpacked once, which takes some seconds.
 * @throws EnvironmentUnavailable when there is none.
 */
export async function findBrowser({
  wanted,
  ofPlaywright,
  cache,
  places = usualPlaces(process.env),
  packageName,
}: BrowserSearch): Promise<FoundBrowser> {
  if (wanted !== undefined) {
    if (!isExecutable(wanted))
      throw new EnvironmentUnavailable(
        `TEST_BROWSER_PATH=${wanted} is no program that can be run: set it to a Chrome or Chromium, or unset it.`,
      );
    return { executablePath: wanted, env: {}, source: 'TEST_BROWSER_PATH' };
  }
  const installed = firstProgram(places);
  if (installed !== undefined) return { executablePath: installed, env: {}, source: 'installed' };
  if (isExecutable(ofPlaywright)) return { executablePath: ofPlaywright, env: {}, source: 'Playwright' };
  const packaged = await findPackaged(cache, packageName);
  if (packaged !== undefined) return { ...packaged, source: 'npm' };
  throw new EnvironmentUnavailable(`There is no browser for pages: ${mend}`);
}

/** The error for a browser that was found and does not start. */
export function cannotStart({ executablePath }: FoundBrowser, error: unknown): EnvironmentUnavailable {
  return (
    shortage(error) ??
    new EnvironmentUnavailable(`The browser ${executablePath} does not start (${reasonIn(messageOf(error))}): ${mend}`)
  );
}

/** The browser's own complaint, otherwise the first line. */
function reasonIn(message: string): string {
  const lines = message.split('\n');
  const [, said] = /\[err\] (.*)/.exec(lines.find((line) => line.includes('[err]')) ?? '') ?? [];
  return (said ?? lines[0]!).trim();
}
