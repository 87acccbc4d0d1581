import { EnvironmentUnavailable } from '../../lib/environment.ts';

/** One version of a provider, and the registry that has it. */
export interface ProviderAddress {
  /** The registry's scheme, host and port. */
  readonly registry: URL;
  readonly namespace: string;
  readonly type: string;
  readonly version: string;
}

/** An operating system and a processor by the names of the registry protocol, such as `linux` and `amd64`. */
export interface Platform {
  readonly os: string;
  readonly arch: string;
}

/** The protocol's default, for names without a host. */
const defaultRegistry = 'https://registry.terraform.io';

const name = '[0-9a-z](?:[0-9a-z_-]*[0-9a-z])?';
const address = new RegExp(
  `^(?:(?<host>[0-9a-z][0-9a-z.-]*(?::\\d+)?)/)?(?<namespace>${name})/(?<type>${name})@(?<version>[0-9a-z][\\w.+-]*)$`,
  'i',
);

/**
 * Reads `[host/]namespace/type@version`; undefined for any other text.
 * @param registry the registry of names without a host.
 */
export function parseAddress(wanted: string, registry = defaultRegistry): ProviderAddress | undefined {
  const { host, namespace, type, version } = address.exec(wanted)?.groups ?? {};
  if (namespace === undefined || type === undefined || version === undefined) return undefined;
  return {
    registry: new URL(host === undefined ? registry : `https://${host}`),
    namespace: namespace.toLowerCase(),
    type: type.toLowerCase(),
    version,
  };
}

/** `host/namespace/type`, with the scheme where it is not https. */
export function sourceOf({ registry, namespace, type }: ProviderAddress): string {
  return `${registry.protocol === 'https:' ? registry.host : registry.origin}/${namespace}/${type}`;
}

const systems: Readonly<Record<string, string>> = { win32: 'windows', sunos: 'solaris' };
const processors: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** What a provider has to be built for to run here. */
export function thisPlatform(): Platform {
  return {
    os: systems[process.platform] ?? process.platform,
    arch: processors[process.arch] ?? process.arch,
  };
}

/** The file name under which a version is cached. No two addresses have the same. */
export function cacheName(wanted: ProviderAddress, { os, arch }: Platform): string {
  return `provider-${encodeURIComponent(`${sourceOf(wanted)}@${wanted.version}`)}-${os}_${arch}`;
}

/** Why a version cannot be used, as one sentence that starts with its name. `mend` is an alternative to a path. */
export function unusable(wanted: ProviderAddress, why: string, mend: string): EnvironmentUnavailable {
  return new EnvironmentUnavailable(
    `${wanted.namespace}/${wanted.type}@${wanted.version} of ${wanted.registry.host} ${why}: ${mend}, or set TEST_PROVIDER to the path of a provider's binary.`,
  );
}
