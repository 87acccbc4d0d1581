import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { EnvironmentUnavailable, messageOf } from '../lib/environment.ts';
import { moduleExtension } from '../lib/own-modules.ts';
import { duroxideModule } from './duroxide/index.ts';
import { memory } from './memory.ts';
import type { StoreModule } from './store-module.ts';
import type { OrchestrationParts } from './parts.ts';
import { postgresModule } from './postgres/index.ts';
import { sqliteModule } from './sqlite/index.ts';

/** The stores that are part of this project, by their names. */
const builtIn: Readonly<Record<string, (parts: OrchestrationParts) => StoreModule>> = {
  postgres: (parts) => postgresModule(parts.postgres.schema),
  sqlite: () => sqliteModule(),
  memory: () => memory,
  duroxide: () => duroxideModule,
};

/**
 * A store by its name, or by the path of a module that exports it as `store`.
 * @throws EnvironmentUnavailable when there is no such module, or it exports no store.
 */
export async function findStore(nameOrPath: string, parts: OrchestrationParts): Promise<StoreModule> {
  return builtIn[nameOrPath]?.(parts) ?? (await loadStore(path.resolve(nameOrPath)));
}

const folder = path.dirname(fileURLToPath(import.meta.url));

/** The module by which another process connects to a store, and what it exports. */
export function connectorOf(nameOrPath: string): { readonly file: string; readonly name: string } {
  return Object.hasOwn(builtIn, nameOrPath)
    ? { file: path.join(folder, nameOrPath, `${nameOrPath}-module${moduleExtension()}`), name: `${nameOrPath}Module` }
    : { file: path.resolve(nameOrPath), name: 'store' };
}

async function loadStore(file: string): Promise<StoreModule> {
  const shown = path.relative(process.cwd(), file);
  if (!existsSync(file)) throw new EnvironmentUnavailable(`ORCHESTRATION_STORE names ${shown}, which does not exist.`);
  const loaded = await import(pathToFileURL(file).href).catch((error: unknown) => {
    throw new EnvironmentUnavailable(`${shown} of ORCHESTRATION_STORE cannot be loaded: ${messageOf(error)}.`);
  });
  const { store } = loaded as { store?: Partial<StoreModule> };
  if (typeof store?.open !== 'function' || typeof store.name !== 'string')
    throw new EnvironmentUnavailable(`${shown} of ORCHESTRATION_STORE has to export a store with a name and open().`);
  return store as StoreModule;
}
