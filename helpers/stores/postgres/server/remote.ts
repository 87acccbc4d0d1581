import type pg from 'pg';
import type { Configuration } from '../../../run/configuration/index.ts';
import { EnvironmentUnavailable, messageOf } from '../../../lib/environment.ts';
import {
  connect,
  connectionOptions,
  connectionUrl,
  type Credentials,
  quoted,
  type ServerConnection,
} from '../connection.ts';
import { Maintenance } from '../maintenance.ts';
import { isKept, ownerOf, runOwner } from '../names.ts';
import { releaseRoles, sweepRoles } from '../preparation/index.ts';
import { dropRun, ownership, sweepDatabases } from '../sweep.ts';
import { inspectServer } from './inspect.ts';
import type { PostgresServer, StartOptions } from './postgres-server.ts';
import type { Settings } from './settings.ts';

interface Address {
  readonly host: string;
  readonly port: number;
  readonly parameters: string;
  readonly credentials: Credentials;
  readonly database: string;
}

/**
 * Uses an existing PostgreSQL, 14 or newer, with a role that may create databases. Touches nothing else on the server,
 * and removes everything of the run at its end, except kept databases, which the next start removes.
 */
export async function useRemote(configuration: Configuration, { folder }: StartOptions): Promise<PostgresServer> {
  if (!hasAddress(configuration.postgres))
    throw new EnvironmentUnavailable(
      'TARGET=remote needs to know its PostgreSQL: set TEST_POSTGRES_URL, or TEST_POSTGRES_HOST with _PORT, _USER, _PASSWORD and _DATABASE.',
    );
  const { credentials, database, ...address } = remoteAddress(configuration.postgres);
  const client = await checkRemote(configuration);
  const connection: ServerConnection = {
    ...address,
    admin: credentials,
    testRole: credentials,
    maintenanceDatabase: database,
    owned: false,
    keeping: `It stays there until the next run starts; its password is that of ${configuration.postgres.url === undefined ? 'TEST_POSTGRES_PASSWORD' : 'TEST_POSTGRES_URL'}.`,
    maxDatabases: configuration.postgres.maxDatabases,
    ...(configuration.postgres.locale === undefined ? {} : { locale: configuration.postgres.locale }),
    ...(await inspectServer(client)),
  };
  await client.end();
  // The first query opens a session in the run's name, which marks this run as alive.
  const maintenance = new Maintenance(connection, runOwner(folder.id));
  try {
    await sweepDatabases(maintenance, ownership, { runs: true });
    await sweepRoles(maintenance, ownership);
  } catch (error) {
    await maintenance[Symbol.asyncDispose]();
    throw error;
  }
  return {
    connection,
    stop: async () => {
      try {
        await dropRun(maintenance, folder.id);
        await releaseRoles(maintenance, folder.id);
      } finally {
        await maintenance[Symbol.asyncDispose]();
      }
    },
  };
}

/**
 * Connects, and checks version and rights.
 * @throws EnvironmentUnavailable when the server cannot be reached or is too old, or the role may not create databases.
 */
export async function checkRemote(configuration: Configuration): Promise<pg.Client> {
  const { host, port, parameters, credentials, database } = remoteAddress(configuration.postgres);
  const where = `PostgreSQL at ${host}:${port}`;
  let client: pg.Client;
  try {
    client = await connect({
      ...connectionOptions({ host, port, parameters }, credentials, database),
      connectionTimeoutMillis: 10_000,
    });
  } catch (error) {
    throw new EnvironmentUnavailable(
      `${where} cannot be used (${messageOf(error)}): check TEST_POSTGRES_URL, or TEST_POSTGRES_HOST, _PORT, _USER, _PASSWORD and _DATABASE.`,
    );
  }
  const { rows } = await client.query<{ version: number; allowed: boolean }>(`
    SELECT current_setting('server_version_num')::int AS version, rolsuper OR rolcreatedb AS allowed
    FROM pg_roles WHERE rolname = current_user`);
  const [row] = rows;
  const complaint =
    row!.version < 140_000
      ? 'is older than version 14: use a newer one'
      : row!.allowed
        ? await otherSetting(client, configuration.postgres.settings)
        : `lets ${credentials.user} create no databases: run ALTER ROLE ${quoted(credentials.user)} CREATEDB there`;
  if (complaint === undefined) return client;
  await client.end();
  throw new EnvironmentUnavailable(`${where} ${complaint}.`);
}

/** Whether the server, which a run cannot set anything of, has the settings that are wanted. */
async function otherSetting(client: pg.Client, wanted: Settings): Promise<string | undefined> {
  for (const [name, value] of Object.entries(wanted)) {
    const { rows } = await client.query<{ found: string }>(
      'SELECT current_setting(name) AS found FROM pg_settings WHERE name = lower($1)',
      [name],
    );
    const [row] = rows;
    if (row === undefined)
      return `shows no ${name}, which TEST_POSTGRES_SETTINGS has: grant pg_read_all_settings there`;
    if (row.found.toLowerCase() !== String(value).toLowerCase())
      return `has ${name} = ${row.found}, and TEST_POSTGRES_SETTINGS wants ${value}: set it there`;
  }
  return undefined;
}

/** The names of the databases of runs on the remote server, without kept ones; none without a server. */
export async function databasesOfRuns(configuration: Configuration): Promise<string[]> {
  if (!hasAddress(configuration.postgres)) return [];
  const client = await checkRemote(configuration);
  try {
    const { rows } = await client.query<{ name: string }>('SELECT datname AS name FROM pg_database ORDER BY datname');
    return rows.map(({ name }) => name).filter((name) => ownerOf(name) !== undefined && !isKept(name));
  } finally {
    await client.end();
  }
}

/** Whether the configuration names a server; tests of ClickHouse alone need none. */
export function hasAddress({ url, host }: Configuration['postgres']): boolean {
  return url !== undefined || host !== undefined;
}

function remoteAddress({ url, host, port, user, password, database }: Configuration['postgres']): Address {
  const parsed = new URL(
    url ??
      connectionUrl(
        { host: host ?? 'localhost', port: port ?? 5432 },
        { user: user ?? 'postgres', password: password ?? '' },
        database ?? 'postgres',
      ),
  );
  const part = (text: string): string => decodeURIComponent(text.replace(/^\[|\]$/g, ''));
  return {
    host: part(parsed.hostname),
    port: Number(parsed.port || 5432),
    parameters: withoutApplicationName(parsed.search),
    credentials: { user: part(parsed.username), password: part(parsed.password) },
    database: part(parsed.pathname.slice(1)) || 'postgres',
  };
}

/** A URL's parameters override `pg`'s options, but runs are recognized by their sessions' application name. */
function withoutApplicationName(search: string): string {
  const others = search
    .slice(1)
    .split('&')
    .filter((parameter) => parameter !== '' && !parameter.startsWith('application_name='));
  return others.length === 0 ? '' : `?${others.join('&')}`;
}
