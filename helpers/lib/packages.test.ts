import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { build, type Metafile } from 'esbuild';
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

/** Which modules import which, by their paths from the root. */
async function importsOf(entryPoints: readonly string[]): Promise<Metafile['inputs']> {
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
  return metafile.inputs;
}

function packagesIn(imports: Metafile['inputs'][string]['imports']): string[] {
  return imports
    .filter(({ external, path: name }) => external === true && !name.startsWith('node:'))
    .map(({ path: name }) => /^(@[^/]+[/])?[^/]+/.exec(name)![0]);
}

/** The packages that modules import, but for those that are always there. */
async function packagesOf(entryPoints: readonly string[]): Promise<string[]> {
  const imported = Object.values(await importsOf(entryPoints)).flatMap(({ imports }) => packagesIn(imports));
  return [...new Set(imported)].filter((name) => !Object.hasOwn(dependencies, name)).toSorted();
}

/** The packages that are loaded with a module, without those that it loads only when something asks for them. */
async function packagesWith(entryPoint: string): Promise<Set<string>> {
  const inputs = await importsOf([entryPoint]);
  const [modules, packages] = [new Set([entryPoint]), new Set<string>()];
  for (const module of modules) {
    const atOnce = inputs[module]!.imports.filter(({ kind }) => kind !== 'dynamic-import');
    for (const name of packagesIn(atOnce)) packages.add(name);
    for (const { path: name, external } of atOnce) if (external !== true) modules.add(name);
  }
  return packages;
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

for (const entry of ['fixtures/index.ts', 'playwright.config.ts'])
  test(`${entry} loads no package that few tests need`, async () => {
    const large = [
      '@aws-sdk/client-ecs',
      '@faker-js/faker',
      'esbuild',
      'fast-jwt',
      'fastify',
      'testcontainers',
      'vite',
    ];
    const loaded = await packagesWith(entry);
    expect(loaded).toContain('zod');
    expect(large.filter((name) => loaded.has(name))).toEqual([]);
  });
