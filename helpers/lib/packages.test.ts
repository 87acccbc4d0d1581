import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { build } from 'esbuild';
import { rootFolder } from './own-modules.ts';
import { packageGroups } from './packages.ts';

const root = rootFolder();
const { dependencies, peerDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  dependencies: Readonly<Record<string, string>>;
  peerDependencies: Readonly<Record<string, string>>;
};
const processes = readdirSync(path.join(root, 'helpers/platform'), { recursive: true, encoding: 'utf8' })
  .filter((file) => path.basename(file) === 'main.ts')
  .map((file) => `helpers/platform/${file}`);

/** The packages that modules import, but for those that are always there. */
async function packagesOf(entryPoints: readonly string[]): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [...entryPoints],
    outdir: 'dist',
    write: false,
    bundle: true,
    metafile: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  });
  const imported = Object.values(metafile.inputs)
    .flatMap(({ imports }) => imports)
    .filter(({ external, path: name }) => external === true && !name.startsWith('node:'))
    .map(({ path: name }) => /^(@[^/]+[/])?[^/]+/.exec(name)![0]);
  return [...new Set(imported)].filter((name) => !Object.hasOwn(dependencies, name)).toSorted();
}

for (const [group, entries, beside] of [
  [
    'local platforms',
    [
      ...processes,
      'helpers/platform/bundle.ts',
      'helpers/platform/index.ts',
      'helpers/cloud/tasks/inside/terminal.mjs', // which a container runs
      'helpers/clients/index.ts',
      'helpers/terraform/registry/index.ts',
    ],
    ['testcontainers'],
  ],
  [
    'durable stores',
    [
      'helpers/orchestration/index.ts',
      'helpers/orchestration/model/index.ts',
      'helpers/orchestration/relay/process.ts',
    ],
    [],
  ],
] as const)
  test(`the packages of the ${group} are those that they import`, async () => {
    const imported = await packagesOf(entries);
    expect(packageGroups[group]).toEqual(imported.filter((name) => !(beside as readonly string[]).includes(name)));
    for (const name of packageGroups[group]) expect(Object.keys(peerDependencies)).toContain(name);
  });
