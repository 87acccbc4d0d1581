import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync, stop } from 'esbuild';
import { cacheFolder, prepareOnce, removeOld } from '../../lib/cache.ts';
import type { Configuration } from '../../run/configuration/index.ts';
import type { Service } from '../../run/index.ts';
import { vite } from './packages.ts';
import { entries } from '../processes.ts';

const helpers = fileURLToPath(new URL('../..', import.meta.url));
/** What a bundle is made of: our own modules, and by their versions those of others. */
const sources = ['platform', 'faults', 'lib/environment.ts', '../package-lock.json'];
const prefix = 'platform-';
/** Milliseconds for which a bundle is kept that no run begins with. */
const keptFor = 24 * 3_600_000;

/**
 * Bundles the processes of the platform into plain JavaScript, once for each state of their sources: a process then
 * starts in a tenth of the time that a loader takes to find and to translate every module. Costs half a second, once.
 */
export async function buildPlatform({ cache: wanted }: Pick<Configuration, 'cache'>): Promise<Service> {
  const cache = cacheFolder(wanted, 'the platform');
  const bundle = prepareOnce(path.join(cache, `${prefix}${contentOf(sources)}`), bundleInto);
  await stop(); // esbuild's own process, which would stay until the runner ends
  utimesSync(bundle, new Date(), new Date());
  removeOld(cache, (name) => name.startsWith(prefix), keptFor); // bundles of earlier sources
  return { connection: bundle, stop: () => Promise.resolve() };
}

function bundleInto(outdir: string): void {
  const source = path.join(helpers, 'platform');
  buildSync({
    entryPoints: entries.map((entry) => path.join(source, `${entry}.ts`)),
    outdir,
    outbase: source,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    outExtension: { '.js': '.cjs' },
    logLevel: 'silent',
    alias: { vite }, // which stays where it is installed: it finds the rest of itself by its place
    external: ['pg-native', vite],
  });
}

function contentOf(names: readonly string[]): string {
  const hash = createHash('sha256').update(vite); // whose place is in it
  for (const name of names) {
    const place = path.join(helpers, name);
    const files =
      name.endsWith('.ts') || name.endsWith('.json')
        ? [place]
        : readdirSync(place, { recursive: true, encoding: 'utf8' })
            .filter((file) => file.endsWith('.ts'))
            .toSorted()
            .map((file) => path.join(place, file));
    for (const file of files) hash.update(path.relative(helpers, file)).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 12);
}
