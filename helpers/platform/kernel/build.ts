import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildResult, type Plugin, stop, version } from 'esbuild';
import { cacheFolder, prepareOnce, removeOld } from '../../lib/cache.ts';
import { moduleExtension } from '../../lib/own-modules.ts';
import type { Configuration } from '../../run/configuration/index.ts';
import type { Service } from '../../run/index.ts';
import { vite } from './packages.ts';

interface Recipe {
  /** The folder of the processes' modules. */
  readonly source: string;
  /** The modules, relative to it and without extension; each exports `run`, see `process.ts`. */
  readonly entries: readonly string[];
  /** The module that exports `decorate`, see `process.ts`; undefined for none. */
  readonly decorator: string | undefined;
}

export type BundleOptions = Recipe & Pick<Configuration, 'cache'>;

/** The hash of each input by its path from the project's folder, as esbuild lists them. */
type Inputs = Readonly<Record<string, string>>;

const project = fileURLToPath(new URL('../../..', import.meta.url));
const prefix = 'platform-';
/** The list of inputs, in a bundle's folder. */
const list = 'inputs.json';
/** Milliseconds after the last run with a bundle until it is removed. */
const keptFor = 24 * 3_600_000;

/** Bundles a platform's processes into JavaScript, which starts ten times as fast. Costs half a second once. */
export async function buildBundle({ cache: wanted, ...recipe }: BundleOptions): Promise<Service> {
  const cache = cacheFolder(wanted, 'the platform');
  const bundle = findBundle(cache, recipe) ?? (await makeBundle(cache, recipe));
  utimesSync(bundle, new Date(), new Date());
  removeOld(cache, (name) => name.startsWith(prefix), keptFor); // bundles of earlier sources
  return { connection: bundle, stop: () => Promise.resolve() };
}

/** A bundle of the same recipe whose inputs have not changed since. */
function findBundle(cache: string, recipe: Recipe): string | undefined {
  const known = new Map<string, string>();
  const isSame = ([file, hash]: [string, string]): boolean => {
    if (!known.has(file)) known.set(file, hashOfFile(file));
    return known.get(file) === hash;
  };
  const id = idOf(recipe);
  return readdirSync(cache)
    .filter((name) => name.startsWith(`${prefix}${id}-`) && /-[0-9a-f]{12}$/.test(name)) // no draft
    .map((name) => path.join(cache, name))
    .find((folder) => Object.entries(inputsOf(folder)).every(isSame));
}

async function makeBundle(cache: string, recipe: Recipe): Promise<string> {
  const began = Date.now();
  const result = await runEsbuild(recipe);
  await stop(); // otherwise esbuild's process stays until the runner ends
  const inputs = Object.fromEntries(
    Object.keys(result.metafile.inputs)
      .filter((name) => !name.startsWith(`${entrySpace}:`)) // belongs to the recipe
      .toSorted()
      .map((file) => [file, isNewerThan(began, file) ? 'changed meanwhile' : hashOfFile(file)]),
  );
  const text = JSON.stringify(inputs, undefined, 1);
  const content = hashOf(text, ...result.outputFiles.map(({ hash }) => hash));
  return prepareOnce(path.join(cache, `${prefix}${idOf(recipe)}-${content}`), (draft) => {
    for (const { path: file, contents } of result.outputFiles) {
      const place = path.join(draft, path.relative(recipe.source, file));
      mkdirSync(path.dirname(place), { recursive: true });
      writeFileSync(place, contents);
    }
    writeFileSync(path.join(draft, list), text);
  });
}

type Bundle = BuildResult<{ metafile: true; write: false }>;

function runEsbuild(recipe: Recipe): Promise<Bundle> {
  return build({
    absWorkingDir: project,
    entryPoints: recipe.entries.map((entry) => ({ in: `${entrySpace}:${entry}`, out: entry })),
    plugins: [entriesOf(recipe)],
    outdir: recipe.source, // only for paths; nothing is written
    write: false,
    metafile: true,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    outExtension: { '.js': '.cjs' },
    logLevel: 'silent',
    alias: { vite }, // not bundled: it finds its own files by its location
    supported: { 'dynamic-import': false }, // scripts with a code cache can `require` modules, but not import them
    define: { 'import.meta.url': '__filename' }, // some packages make a `require` with it
    external: ['pg-native', vite],
  });
}

const entrySpace = 'entry';

/** The first module of each bundle, which runs the process with its decorator. */
function entriesOf({ source, decorator }: Recipe): Plugin {
  return {
    name: 'entries',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^entry:/ }, ({ path: name }) => ({
        path: name.slice('entry:'.length),
        namespace: entrySpace,
      }));
      onLoad({ filter: /^/, namespace: entrySpace }, ({ path: entry }) => {
        const [run, decorate] = [`${path.join(source, entry)}${moduleExtension()}`, decorator].map((module) =>
          JSON.stringify(module),
        );
        return {
          resolveDir: source,
          contents:
            decorate === undefined
              ? `import { run } from ${run}; void run();`
              : `import { run } from ${run}; import { decorate } from ${decorate}; void run(decorate);`,
        };
      });
    },
  };
}

/** The id of a recipe. Includes the location of Vite, which bundles refer to. */
function idOf({ source, entries, decorator = '' }: Recipe): string {
  return hashOf(version, vite, ...[source, decorator].map((place) => path.relative(project, place)), ...entries);
}

/** A bundle without a list does not match. */
function inputsOf(folder: string): Inputs {
  try {
    return JSON.parse(readFileSync(path.join(folder, list), 'utf8')) as Inputs;
  } catch {
    return { [list]: '' };
  }
}

/** A changed input may differ from what esbuild has read. */
function isNewerThan(time: number, file: string): boolean {
  return statSync(path.join(project, file)).mtimeMs >= time;
}

/** Empty when there is no such file. */
function hashOfFile(file: string): string {
  try {
    return hashOf(readFileSync(path.join(project, file)));
  } catch {
    return '';
  }
}

function hashOf(...parts: (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 12);
}
