import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { EnvironmentUnavailable } from './environment.ts';
import { rootFolder } from './own-modules.ts';

/** What the package's users install for themselves, if they want it: packages by what needs them. */
const groups = {
  'local platforms': [
    '@aws-sdk/client-ecs',
    '@bufbuild/protobuf',
    '@fastify/rate-limit',
    '@fastify/swagger',
    '@grpc/grpc-js',
    '@lydell/node-pty',
    '@msgpack/msgpack',
    '@smithy/signature-v4',
    'ajv',
    'ajv-formats',
    'autocannon',
    'bcryptjs',
    'email-forward-parser',
    'email-reply-parser',
    'esbuild',
    'fast-check',
    'fastify',
    'html-to-text',
    'httpxy',
    'isomorphic-git',
    'nodemailer',
    'openpgp',
    'postal-mime',
    'smtp-server',
    'typebox',
    'unique-names-generator',
    'vite',
    'yaml',
  ],
  'loads of an app': ['autocannon'],
  'durable stores': ['esbuild', 'fast-check', 'libsql'],
  'OpenAPI scenario': ['ajv', 'ajv-formats', 'fast-check'],
  'Docker targets': ['testcontainers'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type PackageGroup = keyof typeof groups;

/** Each with the packages that it needs. */
export const packageGroups: Readonly<Record<PackageGroup, readonly string[]>> = groups;

/** The names of all packages that need not be there. */
export const optionalPeers: readonly string[] = [...new Set(Object.values(packageGroups).flat())];

/** Those of a group that are not installed. */
export function missingPackages(group: PackageGroup): string[] {
  return packageGroups[group].filter((name) => !isInstalled(name));
}

/** @throws EnvironmentUnavailable with the command that installs what a group misses. */
export function needPackages(group: PackageGroup): void {
  const missing = missingPackages(group);
  if (missing.length > 0)
    throw new EnvironmentUnavailable(`The packages of the ${group} are not installed: ${installationOf(missing)}`);
}

/** Loads what needs a group. @throws EnvironmentUnavailable with the command that installs what is missing. */
export async function loadOptional<Module>(group: PackageGroup, load: () => Promise<Module>): Promise<Module> {
  return load().catch((error: unknown) => {
    needPackages(group);
    throw error;
  });
}

/** The command that installs packages in versions that fit. */
export function installationOf(names: readonly string[]): string {
  const { peerDependencies } = JSON.parse(readFileSync(path.join(rootFolder(), 'package.json'), 'utf8')) as {
    readonly peerDependencies: Readonly<Record<string, string>>;
  };
  return `npm install --save-dev ${names.map((name) => `${name}@${peerDependencies[name]!.replace(/^\^/, '')}`).join(' ')}`;
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND'; // it is there for `import` alone
  }
}
