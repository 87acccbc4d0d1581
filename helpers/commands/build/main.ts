/**
 * `npm run build`: makes the package's code in `dist/`: a module of JavaScript and its types for each of ours, with the
 * files that stand beside it. Faults stay in the repository.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesIn } from '../../lib/files.ts';
import { optionalPeers } from '../../lib/packages.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const dist = path.join(root, 'dist');
const compiler = createRequire(import.meta.url).resolve('typescript-7/package.json');

/** Packages whose types a project need not have. */
const mayLackTypes = [...optionalPeers, '@fastify/type-provider-typebox', 'ws'];

rmSync(dist, { recursive: true, force: true });
compile();
leaveFaultsOut();
copyFilesBesideModules();
for (const file of filesIn(dist).filter((name) => name.endsWith('.d.ts')))
  writeFileSync(file, forOthers(readFileSync(file, 'utf8')));
chmodSync(path.join(dist, 'helpers/commands/proving-ground.js'), 0o755);

function compile(): void {
  const { status } = spawnSync(
    process.execPath,
    [path.join(path.dirname(compiler), 'bin/tsc'), '-p', fileURLToPath(new URL('tsconfig.json', import.meta.url))],
    { stdio: 'inherit' },
  );
  if (status !== 0) process.exit(1);
}

/** What switches a fault on says that there are none. */
function leaveFaultsOut(): void {
  const folder = path.join(dist, 'helpers/faults');
  for (const name of readdirSync(folder))
    if (!/^inject[.]/.test(name)) rmSync(path.join(folder, name), { recursive: true });
}

/** SQL, styles, and JavaScript that runs in processes of its own. */
function copyFilesBesideModules(): void {
  for (const folder of ['fixtures', 'helpers', 'reporters'])
    for (const file of filesIn(path.join(root, folder))) {
      const copy = path.join(dist, path.relative(root, file));
      const isMeant = /[.](sql|css|cjs|mjs)$/.test(file) && !file.includes(`${path.sep}testing${path.sep}`);
      if (isMeant && existsSync(path.resolve(copy, '../..'))) cpSync(file, copy);
    }
}

/**
 * Types as every compiler reads them: with the names of modules that exist, with Node's types also where a project
 * names none, and without an error where an optional package is not installed.
 */
function forOthers(types: string): string {
  const named = types.replaceAll(/(from '|import\(")(\.{1,2}\/[^'"]*)\.ts(?=['"])/g, '$1$2.js');
  const lines = named.split('\n').map((line) => (importsOptional(line) ? `// @ts-ignore: optional\n${line}` : line));
  return `/// <reference types="node" />\n${lines.join('\n')}`;
}

function importsOptional(line: string): boolean {
  return [...line.matchAll(/(?:from '|import\("|import ')([^'"]+)/g)].some(([, name]) =>
    mayLackTypes.some((peer) => name === peer || name!.startsWith(`${peer}/`)),
  );
}
