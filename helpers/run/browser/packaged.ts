import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { cacheFolder, publish } from '../../lib/cache.ts';
import { EnvironmentUnavailable } from '../../lib/environment.ts';
import { startProcess } from '../processes/index.ts';
import { thisSystem } from '../system.ts';

const packageName = '@sparticuz/chromium';

/** The Chromium from npm and its environment. */
export interface PackagedChromium {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Finds the Chromium that npm installed, which needs Linux with glibc on x64. Unpacking it into the cache takes some
 * seconds and 200 MB, once. Undefined when there is none.
 * @throws EnvironmentUnavailable when it cannot be unpacked.
 */
export async function findPackaged(
  cache: string | undefined,
  wanted = packageName,
): Promise<PackagedChromium | undefined> {
  const entry =
    process.platform === 'linux' && process.arch === 'x64' && thisSystem().hasGlibc
      ? resolvePackage(wanted)
      : undefined;
  if (entry === undefined) return undefined;
  const folder = path.join(cacheFolder(cache, 'Chromium'), `chromium-${versionOf(entry)}`);
  if (!existsSync(folder)) publish(await unpack(entry, `${folder}-`), folder);
  return {
    executablePath: path.join(folder, 'chromium'),
    // Libraries and fonts from the package, which a bare Linux lacks.
    env: {
      LD_LIBRARY_PATH: [path.join(folder, 'al2023', 'lib'), process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':'),
      FONTCONFIG_FILE: path.join(folder, 'fonts.conf'),
    },
  };
}

function resolvePackage(name: string): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch {
    return undefined; // an optional dependency that is not installed
  }
}

function versionOf(entry: string): string {
  const { version } = JSON.parse(readFileSync(path.resolve(entry, '../../../package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

/**
 * The package unpacks into its process's temporary folder, and its libraries only when it believes to run on Amazon
 * Linux, so a separate process is started with both set. That process removes its folder if this one is killed.
 */
async function unpack(entry: string, prefix: string): Promise<string> {
  const draft = mkdtempSync(prefix);
  const child = await startProcess('What unpacks Chromium', () =>
    spawn(process.execPath, ['--input-type=module', '--eval', script(entry, draft)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, NODE_OPTIONS: '', TMPDIR: draft, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' },
    }),
  ).catch((error: unknown) => {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  });
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) {
    rmSync(draft, { recursive: true, force: true });
    const reason = said.split('\n').find((line) => /error/i.test(line)) ?? said.trim();
    throw new EnvironmentUnavailable(
      `Chromium could not be unpacked into ${path.dirname(draft)} (${reason}): make room there, or set TEST_BROWSER_PATH to a Chrome or Chromium.`,
    );
  }
  writeFileSync(path.join(draft, 'fonts.conf'), fonts);
  for (const name of readdirSync(draft, { recursive: true, encoding: 'utf8' }))
    chownSync(path.join(draft, name), process.getuid!(), process.getgid!()); // root would keep the packager's
  for (const name of ['.', 'chromium']) chmodSync(path.join(draft, name), 0o755);
  return draft;
}

const script = (entry: string, draft: string): string => `
import { rmSync } from 'node:fs';
process.umask(0o022);
process.once('disconnect', () => {
  rmSync(${JSON.stringify(draft)}, { recursive: true, force: true });
  process.exit(1);
});
const { default: chromium } = await import(${JSON.stringify(pathToFileURL(entry).href)});
await (chromium.default ?? chromium).executablePath();
process.removeAllListeners('disconnect');
process.disconnect();
`;

/** The machine's own fonts, if any, and those beside this file. */
const fonts = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;
