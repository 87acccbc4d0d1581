import type { SpawnSyncReturns } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { prepareOnce } from '../../../lib/cache.ts';
import { EnvironmentUnavailable, messageOf } from '../../../lib/environment.ts';
import { outputOf } from '../../../run/processes/index.ts';
import type { Credentials } from '../connection.ts';
import type { Binaries } from './binaries.ts';
import { type Identity, serverEnvironment } from '../../../run/identity.ts';

/** An initialised data folder; every run starts from a copy of it. */
export interface PreparedDataFolder {
  readonly dataFolder: string;
  readonly admin: Credentials;
  readonly testRole: Credentials;
}

// The built-in locale sorts the same on every machine. Small WAL segments copy faster.
const initdbArguments = [
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
  '--no-data-checksums',
  '--wal-segsize=1',
  '--auth=trust',
  '--no-sync',
  '--no-instructions',
];

// Only root can listen on the loopback address, so the password is sent in plain text: SCRAM would cost each connection
// a millisecond, most of it in the client.
const accessRule = 'host all all 127.0.0.1/32 password\n';

const credentialNames = ['admin', 'testRole'] as const;

/** Finds the prepared data folder, or creates it, which takes about half a second once. */
export function preparedDataFolder(cache: string, binaries: Binaries, identity: Identity): PreparedDataFolder {
  const recipe = createHash('sha256')
    .update(
      JSON.stringify([binaries.version, initdbArguments, accessRule, identity, rolesSql('', ''), credentialNames]),
    )
    .digest('hex')
    .slice(0, 12);
  const folder = prepareOnce(path.join(cache, `postgres-data-${binaries.version}-${recipe}`), (draft) =>
    prepare(draft, binaries, identity),
  );
  return {
    dataFolder: path.join(folder, 'data'),
    ...(JSON.parse(readFileSync(path.join(folder, 'credentials.json'), 'utf8')) as Pick<
      PreparedDataFolder,
      (typeof credentialNames)[number]
    >),
  };
}

function prepare(draft: string, binaries: Binaries, identity: Identity): void {
  try {
    const data = path.join(draft, 'data');
    mkdirSync(data, { mode: 0o700 });
    if (identity.uid !== undefined && identity.gid !== undefined) chownSync(data, identity.uid, identity.gid);
    chmodSync(draft, 0o711);
    const [admin, testRole] = ['postgres', 'proving_ground'].map((user) => ({
      user,
      password: randomBytes(12).toString('hex'),
    })) as [Credentials, Credentials];
    writeFileSync(path.join(draft, 'credentials.json'), JSON.stringify({ admin, testRole }), { mode: 0o600 });
    const options = { ...identity, cwd: '/', stdio: 'pipe', env: serverEnvironment() } as const;
    outputOf(binaries.initdb, ['-D', data, '-U', admin.user, ...initdbArguments], options);
    writeFileSync(path.join(data, 'pg_hba.conf'), accessRule);
    outputOf(binaries.postgres, ['--single', '-D', data, '-c', 'scram_iterations=1', 'postgres'], {
      ...options,
      input: rolesSql(admin.password, testRole.password),
    });
  } catch (error) {
    if (error instanceof EnvironmentUnavailable) throw error;
    const { stderr } = error as Partial<SpawnSyncReturns<string>>;
    throw new EnvironmentUnavailable(
      `PostgreSQL could not prepare a data folder in ${path.dirname(draft)}: ${(stderr ?? messageOf(error)).trim().split('\n').at(-1)}.`,
    );
  }
}

/** Passwords are random, so one iteration of SCRAM protects them as well as thousands, and connects faster. */
function rolesSql(adminPassword: string, testRolePassword: string): string {
  return [
    `ALTER ROLE postgres PASSWORD '${adminPassword}'`,
    `CREATE ROLE proving_ground LOGIN PASSWORD '${testRolePassword}'`,
    '',
  ].join('\n');
}
