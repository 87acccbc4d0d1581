import type { Configuration } from '../../../run/configuration/index.ts';
import { EnvironmentUnavailable } from '../../../lib/environment.ts';
import {
  Administrator,
  type ClickHouseConnection,
  errorCode,
  firstSentence,
  hasCode,
  literal,
  quoted,
} from '../connection.ts';
import { runDatabase, runOf, runPrefix } from '../names.ts';
import type { ClickHouseServer, StartOptions } from './clickhouse-server.ts';
import { createTestRoles, newTestRoles } from './test-roles.ts';

/** Milliseconds between two signs of life, and after how many seconds without one a run counts as gone. */
const heartbeat = 15_000;
const mostSilence = 120;

/**
 * A ClickHouse that is there already, 25.3 or newer, and a user who may create databases and users. Nothing else of it
 * is touched, and nothing of this run stays there.
 */
export async function useRemote(
  configuration: Configuration,
  { folder, workers, tenancy }: StartOptions,
): Promise<ClickHouseServer> {
  const connection: ClickHouseConnection = {
    ...remoteAddress(configuration.clickhouse),
    testRoles: newTestRoles(folder.id, workers),
    owned: false,
  };
  const admin = await checkRemote(configuration);
  try {
    await sweepRuns(admin);
    const signOfLife = await announce(admin, folder.id);
    await createTestRoles(admin, connection.testRoles, tenancy).catch((error: unknown) => {
      throw hasCode(error, errorCode.noStorageForUsers)
        ? new EnvironmentUnavailable(
            `ClickHouse at ${new URL(connection.url).host} keeps no users but those of its configuration: give it a writable user directory, or use another server.`,
          )
        : error;
    });
    // who uses it says when it is away
    const timer = setInterval(() => void signOfLife().catch(() => undefined), heartbeat).unref();
    return {
      connection,
      stop: async () => {
        clearInterval(timer);
        try {
          await dropRun(admin, folder.id);
        } finally {
          await admin[Symbol.asyncDispose]();
        }
      },
    };
  } catch (error) {
    await dropRun(admin, folder.id).catch(() => undefined);
    await admin[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Connects and asks for what we need.
 * @throws EnvironmentUnavailable when it cannot be reached, is too old, or lets us make no databases or users.
 */
export async function checkRemote({ clickhouse }: Configuration): Promise<Administrator> {
  if (!hasAddress(clickhouse))
    throw new EnvironmentUnavailable(
      'TARGET=remote needs to know its ClickHouse: set TEST_CLICKHOUSE_URL, or TEST_CLICKHOUSE_HOST with _PORT, _USER and _PASSWORD.',
    );
  const address = remoteAddress(clickhouse);
  const where = `ClickHouse at ${new URL(address.url).host}`;
  const admin = new Administrator(address);
  try {
    const [server] = await admin
      .rows<{ version: string; modern: boolean }>(
        "SELECT version() AS version, toBool(arrayMap(x -> toUInt32OrZero(x), splitByChar('.', version())) >= [25, 3]) AS modern",
      )
      .catch((error: unknown) => {
        const reason = /\((.*)\): /.exec(firstSentence(error))?.[1] ?? firstSentence(error);
        throw new EnvironmentUnavailable(
          `${where} cannot be used (${reason}): check TEST_CLICKHOUSE_URL, or TEST_CLICKHOUSE_HOST, _PORT, _USER and _PASSWORD.`,
        );
      });
    if (!server!.modern) throw new EnvironmentUnavailable(`${where} is version ${server!.version}: use 25.3 or newer.`);
    for (const right of ['CREATE DATABASE', 'CREATE USER', 'DROP USER']) {
      const granted = await admin.text(`CHECK GRANT ${right} ON *${right.endsWith('USER') ? '' : '.*'}`);
      if (granted.trim() !== '1')
        throw new EnvironmentUnavailable(
          `${where} does not let ${address.admin.user} ${right}: grant it there, with GRANT OPTION, or use another user.`,
        );
    }
    return admin;
  } catch (error) {
    await admin[Symbol.asyncDispose]();
    throw error;
  }
}

/** The databases that runs of ours have there; none where no server is named. */
export async function databasesOfRuns(configuration: Configuration): Promise<string[]> {
  if (!hasAddress(configuration.clickhouse)) return [];
  await using admin = await checkRemote(configuration);
  const rows = await admin.rows<{ name: string }>('SELECT name FROM system.databases ORDER BY name');
  return rows.map(({ name }) => name).filter((name) => runOf(name) !== undefined);
}

/** Whether the configuration names a server at all; who tests PostgreSQL alone needs none. */
export function hasAddress({ url, host }: Configuration['clickhouse']): boolean {
  return url !== undefined || host !== undefined;
}

function remoteAddress({
  url,
  host = 'localhost',
  port = 8123,
  user = 'default',
  password = '',
}: Configuration['clickhouse']): Pick<ClickHouseConnection, 'url' | 'admin'> {
  if (url === undefined)
    return { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, admin: { user, password } };
  const parsed = new URL(url);
  const admin = {
    user: decodeURIComponent(parsed.username) || user,
    password: decodeURIComponent(parsed.password) || password,
  };
  return { url: `${parsed.protocol}//${parsed.host}`, admin };
}

/** Says that a run is alive; what is returned says so again. */
export async function announce(admin: Administrator, run: string): Promise<() => Promise<void>> {
  const signs = `${quoted(runDatabase(run))}.signs`;
  const [server] = await admin.rows<{ now: string }>('SELECT toString(toUnixTimestamp(now())) AS now');
  await admin.run(`CREATE DATABASE ${quoted(runDatabase(run))} ENGINE = Atomic COMMENT ${literal(server!.now)}`); // its first sign, from the first moment on
  await admin.run(`CREATE TABLE ${signs} (at DateTime) ENGINE = Memory`);
  const again = (): Promise<void> => admin.run(`INSERT INTO ${signs} SELECT now()`);
  await again();
  return again;
}

/** Removes what runs have left that give no sign of life any more. */
export async function sweepRuns(admin: Administrator): Promise<void> {
  const rows = await admin.rows<{ name: string }>(
    "SELECT name FROM system.databases WHERE startsWith(name, 'proving_ground_') UNION DISTINCT SELECT name FROM system.users WHERE storage != 'users_xml' AND startsWith(name, 'proving_ground_')",
  );
  const runs = new Set(rows.flatMap(({ name }) => runOf(name) ?? []));
  for (const run of runs) if (!(await isAlive(admin, run))) await dropRun(admin, run);
}

async function isAlive(admin: Administrator, run: string): Promise<boolean> {
  const [birth] = await admin.rows<{ young: boolean }>(
    `SELECT toBool(toUInt32OrZero(comment) > toUnixTimestamp(now()) - ${mostSilence}) AS young FROM system.databases WHERE name = ${literal(runDatabase(run))}`,
  );
  if (birth?.young === true) return true;
  const rows = await admin
    .rows<{ alive: boolean }>(
      `SELECT toBool(max(at) > now() - ${mostSilence}) AS alive FROM ${quoted(runDatabase(run))}.signs`,
    )
    .catch((error: unknown) => {
      if (!hasCode(error, errorCode.unknownTable, errorCode.unknownDatabase)) throw error; // says nothing of the run
      return [];
    });
  return rows[0]?.alive === true;
}

/** Databases and users; the sign of life last. */
export async function dropRun(admin: Administrator, run: string): Promise<void> {
  const named = (table: string): Promise<{ name: string }[]> =>
    admin.rows(`SELECT name FROM system.${table} WHERE startsWith(name, '${runPrefix(run)}') ORDER BY name DESC`);
  const databases = (await named('databases')).filter(({ name }) => runOf(name) === run);
  for (const { name } of databases.filter((database) => database.name !== runDatabase(run)))
    await admin.run(`DROP DATABASE IF EXISTS ${quoted(name)} SYNC`);
  for (const { name } of await named('users'))
    if (runOf(name) === run) await admin.run(`DROP USER IF EXISTS ${quoted(name)}`);
  await admin.run(`DROP DATABASE IF EXISTS ${quoted(runDatabase(run))} SYNC`);
}
