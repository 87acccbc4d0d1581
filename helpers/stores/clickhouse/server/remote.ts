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

/** Milliseconds between two heartbeats, and seconds without one after which a run counts as dead. */
const heartbeat = 15_000;
const mostSilence = 120;

/**
 * Uses an existing ClickHouse, 25.3 or newer, as a user who may create databases and users. Touches nothing else on the
 * server, and removes everything of the run at its end.
 */
export async function useRemote(
  configuration: Configuration,
  { folder, workers, rolePolicy }: StartOptions,
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
    await createTestRoles(admin, connection.testRoles, rolePolicy).catch((error: unknown) => {
      throw hasCode(error, errorCode.noStorageForUsers)
        ? new EnvironmentUnavailable(
            `ClickHouse at ${new URL(connection.url).host} keeps no users but those of its configuration: give it a writable user directory, or use another server.`,
          )
        : error;
    });
    // A failed heartbeat is ignored: tests that need the server report that it is away.
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
 * Connects, and checks version and rights.
 * @throws EnvironmentUnavailable when the server cannot be reached or is too old, or the user may not create databases
 * or users.
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

/** The names of databases that this project's runs have on the remote server; none when no server is configured. */
export async function databasesOfRuns(configuration: Configuration): Promise<string[]> {
  if (!hasAddress(configuration.clickhouse)) return [];
  await using admin = await checkRemote(configuration);
  const rows = await admin.rows<{ name: string }>('SELECT name FROM system.databases ORDER BY name');
  return rows.map(({ name }) => name).filter((name) => runOf(name) !== undefined);
}

/** Whether the configuration names a server; tests of PostgreSQL alone need none. */
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

/** Marks a run as alive; returns the function that renews the mark. */
export async function announce(admin: Administrator, run: string): Promise<() => Promise<void>> {
  const signs = `${quoted(runDatabase(run))}.signs`;
  const [server] = await admin.rows<{ now: string }>('SELECT toString(toUnixTimestamp(now())) AS now');
  // The comment is the first heartbeat.
  await admin.run(`CREATE DATABASE ${quoted(runDatabase(run))} ENGINE = Atomic COMMENT ${literal(server!.now)}`);
  await admin.run(`CREATE TABLE ${signs} (at DateTime) ENGINE = Memory`);
  const again = (): Promise<void> => admin.run(`INSERT INTO ${signs} SELECT now()`);
  await again();
  return again;
}

/** Drops what runs without a recent heartbeat have left. */
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
      if (!hasCode(error, errorCode.unknownTable, errorCode.unknownDatabase)) throw error; // not a sign of death
      return [];
    });
  return rows[0]?.alive === true;
}

/** Drops a run's databases and users, and its heartbeat last. */
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
