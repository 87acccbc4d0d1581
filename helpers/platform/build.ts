import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { RunFolder, Service } from '../run/index.ts';
import { entries } from './processes.ts';

/** Node reads CommonJS packages in a bundle of ES modules when there is a `require`. */
const banner = { js: `import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);` };

/**
 * Bundles the processes of the platform into plain JavaScript, once for a run: a process then starts in a tenth of the
 * time that a loader takes to find and to translate every module. Costs some 300 ms.
 */
export async function buildPlatform(folder: RunFolder): Promise<Service> {
  const outdir = path.join(folder.path, 'platform');
  const source = fileURLToPath(new URL('.', import.meta.url));
  await build({
    entryPoints: entries.map((entry) => path.join(source, `${entry}.ts`)),
    outdir, outbase: source, banner,
    bundle: true, splitting: true, platform: 'node', format: 'esm', target: 'node20', outExtension: { '.js': '.mjs' }, external: ['pg-native'], logLevel: 'silent',
  });
  return { connection: outdir, stop: () => Promise.resolve() };
}
