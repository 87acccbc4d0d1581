import { accessSync, constants, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../../lib/cache.ts';
import { EnvironmentUnavailable } from '../../lib/environment.ts';
import type { ProviderProgram } from '../provider.ts';
import { type RegistryParts, registryParts } from './parts.ts';
import { cacheName, parseAddress, sourceOf, thisPlatform } from './provider-address.ts';
import type { Limits } from './requests.ts';
import { findBinary } from './unpack.ts';

/** A provider's program on this machine, and where it is from. */
export interface ResolvedProvider extends ProviderProgram {
  /** `host/namespace/type`, or the absolute path of its binary. */
  readonly source: string;
  /** Undefined for a binary whose file name does not say it. */
  readonly version: string | undefined;
}

export interface ResolveOptions {
  /** The folder for what is prepared once (`PROVING_GROUND_CACHE`). */
  readonly cache: string | undefined;
  /** The URL of the registry for names without a host (`TEST_PROVIDER_REGISTRY`). */
  readonly registry: string | undefined;
  /** Bounds of a download. */
  readonly limits?: Limits;
  readonly parts?: RegistryParts;
}

const defaultLimits: Limits = { silence: 30_000, total: 600_000, bytes: 2 ** 30 };

/**
 * Finds the provider that `TEST_PROVIDER` names: a path, or `[host/]namespace/type@version`, which is fetched once from
 * its registry, checked, and cached for this user. Processes that want the same version at once wait for one download.
 * A cached version is never changed, and needs no network.
 * @throws EnvironmentUnavailable when there is no such provider, or it cannot be trusted. Nothing is left then.
 */
export async function resolveProvider(
  wanted: string,
  { cache, registry, limits = defaultLimits, parts = registryParts }: ResolveOptions,
): Promise<ResolvedProvider> {
  const address = existsSync(wanted) ? undefined : parseAddress(wanted, registry);
  if (address === undefined) return atPath(wanted);
  const platform = thisPlatform();
  const folder = path.join(cacheFolder(cache, 'a provider'), cacheName(address, platform));
  const { cached, turns } = parts;
  if (!cached.has(folder))
    await turns.take(`${folder}.lock`, limits.total, async () => {
      if (cached.has(folder)) return;
      const { download } = await import('./download.ts'); // takes a while to load
      await download(address, platform, folder, limits, parts);
    });
  return {
    name: `${address.namespace}/${address.type}`,
    command: findBinary(folder, address),
    args: [],
    source: sourceOf(address),
    version: address.version,
  };
}

function atPath(wanted: string): ResolvedProvider {
  const file = path.resolve(wanted);
  const refuse = (why: string, mend: string): never => {
    throw new EnvironmentUnavailable(`TEST_PROVIDER names ${wanted}, which ${why}: ${mend}.`);
  };
  const another = "set it to the path of a provider's binary, or to a name such as hashicorp/random@3.6.0";
  const isFile = existsSync(file) ? statSync(file).isFile() : refuse('does not exist', another);
  if (!isFile) refuse('is no file', another);
  try {
    accessSync(file, constants.X_OK);
  } catch {
    refuse('this user may not execute', `run chmod +x ${file}`);
  }
  const version = /^terraform-provider-[^_]+_v?(\d[^_]*)/.exec(path.basename(file))?.[1];
  return { name: file, command: file, args: [], source: file, version };
}
