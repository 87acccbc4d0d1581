import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin, stop } from 'esbuild';
import { cacheFolder, publish, removeOld } from '../cache.ts';
import type { Configuration } from '../configuration/index.ts';
import type { Service } from '../run/index.ts';
import { vite } from './packages.ts';
import { entries } from './processes.ts';

const helpers = fileURLToPath(new URL('..', import.meta.url));
/** What a bundle is made of: our own modules, and by their versions those of others. */
const sources = ['platform', 'faults', 'environment.ts', '../package-lock.json'];
const prefix = 'platform-';
/** Milliseconds for which a bundle is kept that no run begins with. */
const keptFor = 24 * 3_600_000;

/**
 * Bundles the processes of the platform into plain JavaScript, once for each state of their sources: a process then
 * starts in a tenth of the time that a loader takes to find and to translate every module. Costs half a second, once.
 */
export async function buildPlatform({ cache: wanted }: Pick<Configuration, 'cache'>): Promise<Service> {
  const cache = cacheFolder(wanted, 'the platform');
  const bundle = path.join(cache, `${prefix}${contentOf(sources)}`);
  if (existsSync(bundle)) {
    utimesSync(bundle, new Date(), new Date());
  } else {
    removeOld(cache, (name) => name.startsWith(prefix), keptFor); // bundles of earlier sources, and what builds that were killed have left
    const draft = mkdtempSync(`${bundle}-`);
    try {
      await bundleInto(draft);
    } catch (error) {
      rmSync(draft, { recursive: true, force: true });
      throw error;
    }
    publish(draft, bundle);
  }
  return { connection: bundle, stop: () => Promise.resolve() };
}

async function bundleInto(outdir: string): Promise<void> {
  const source = path.join(helpers, 'platform');
  await build({
    entryPoints: entries.map((entry) => path.join(source, `${entry}.ts`)),
    outdir, outbase: source, bundle: true, platform: 'node', format: 'cjs', target: 'node20', outExtension: { '.js': '.cjs' }, external: ['pg-native'], plugins: [installedVite], logLevel: 'silent',
  });
  await stop(); // its service would stay until the runner ends
}

/** Vite stays where it is installed: it finds the rest of itself by its place. */
const installedVite: Plugin = {
  name: 'vite',
  setup: ({ onResolve }) => onResolve({ filter: /^vite$/ }, () => ({ path: vite, external: true })),
};

function contentOf(names: readonly string[]): string {
  const hash = createHash('sha256').update(vite); // whose place is in it
  for (const name of names) {
    const place = path.join(helpers, name);
    const files = name.endsWith('.ts') || name.endsWith('.json') ? [place] : readdirSync(place, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts')).toSorted().map((file) => path.join(place, file));
    for (const file of files) hash.update(path.relative(helpers, file)).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 12);
}
