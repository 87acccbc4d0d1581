import pg from 'pg';
import { EnvironmentUnavailable, messageOf } from '../../lib/environment.ts';
import { shortage } from '../../lib/shortage.ts';
import { stopReason } from './server/log.ts';

/** How to reach a run's PostgreSQL, and what it lets us do. Goes through JSON. */
export interface ServerConnection {
  readonly host: string;
  readonly port: number;
  /** What a URL of this server ends in, such as `?sslmode=require`. */
  readonly parameters?: string;
  /** Makes, renames and drops databases. A superuser on the servers that are ours alone. */
  readonly admin: Credentials;
  /** What tests connect as. Owns its databases and is no superuser, so that one test cannot use up the server. */
  readonly testRole: Credentials;
  /** A database to be in while no test's database is meant. */
  readonly maintenanceDatabase: string;
  /** `server_version_num`, for example 180004. */
  readonly version: number;
  /** Whether the server is this run's alone: it ends with the run, and nothing needs to be dropped one by one. */
  readonly owned: boolean;
  /** Whether the fast way of putting a database back works: PostgreSQL 18 and a superuser, see `reset/`. */
  readonly fastReset: boolean;
  /**
   * Databases that one run may have at a time, divided among its workers; each may have a few, whatever its share is.
   */
  readonly maxDatabases: number;
  /** Where it writes what happens to it, for a server on this machine. */
  readonly log?: string;
  /** How to look at a kept database after the run, as a sentence; undefined where it goes with the run. */
  readonly keeping?: string;
}

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** What of a server its addresses are made of. */
type Address = Pick<ServerConnection, 'host' | 'port' | 'parameters'>;

/** Options for `pg` to enter a database of a server. */
export function connectionOptions(server: Address, credentials: Credentials, database: string): pg.ClientConfig {
  // Servers of our own speak no TLS, whatever PGSSLMODE says of others.
  return {
    connectionString: connectionUrl(server, credentials, database),
    application_name: 'proving-ground',
    ...(server.parameters === undefined ? { ssl: false } : {}),
  };
}

/** A database's address, for any client that takes one. */
export function connectionUrl(server: Address, credentials: Credentials, database: string): string {
  const host = server.host.includes(':') ? `[${server.host}]` : server.host;
  return `postgresql://${encodeURIComponent(credentials.user)}:${encodeURIComponent(credentials.password)}@${host}:${server.port}/${encodeURIComponent(database)}${server.parameters ?? ''}`;
}

/** A client whose connection may break while nobody looks (we end sessions ourselves) without ending the process. */
export async function connect(options: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(options);
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** An identifier in SQL. */
export const quoted = pg.escapeIdentifier;

/** A text in SQL. */
export const literal = pg.escapeLiteral;

/** SQLSTATEs that we decide by; see PostgreSQL's appendix A. */
export const sqlState = {
  diskFull: '53100',
  tooManyConnections: '53300',
} as const;

export function hasSqlState(error: unknown, code: string): boolean {
  return error instanceof pg.DatabaseError && error.code === code;
}

/** Where PostgreSQL refuses a connection because of the database's own limit: a test has used up its own. */
const limitOfDatabase = 'CheckMyDatabase';

/** Whether the server itself is away or unable to work, rather than a statement being wrong. */
function isServerTrouble(error: unknown): boolean {
  if (hasSqlState(error, sqlState.tooManyConnections) && (error as pg.DatabaseError).routine === limitOfDatabase)
    return false;
  if (error instanceof pg.DatabaseError) return /^(53|57P0[123]|58030|28|08)/.test(error.code ?? '');
  return /ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|Connection terminated|connection is closed|not queryable|timeout expired/i.test(
    messageOf(error) + String((error as NodeJS.ErrnoException | undefined)?.code),
  );
}

/** Runs housekeeping on the server; where the server is in trouble, says so in one sentence. */
export async function onServer<T>(
  server: Pick<ServerConnection, 'host' | 'port' | 'log'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const ours = error instanceof pg.DatabaseError ? undefined : shortage(error);
    if (ours !== undefined || !isServerTrouble(error)) throw ours ?? error;
    const reason = (hasSqlState(error, sqlState.diskFull) ? undefined : stopReason(server.log)) ?? messageOf(error);
    throw new EnvironmentUnavailable(
      `PostgreSQL at ${server.host}:${server.port} is not able to work (${reason}): ${mend(error, reason)}.`,
    );
  }
}

function mend(error: unknown, reason: string): string {
  if (/No space left/.test(reason))
    return 'free some disk space, or point PROVING_GROUND_FOLDER at a folder with more room';
  if (hasSqlState(error, sqlState.tooManyConnections)) return 'raise its max_connections, or use fewer --workers';
  if (error instanceof pg.DatabaseError && error.code?.startsWith('28') === true)
    return 'check TEST_POSTGRES_USER and TEST_POSTGRES_PASSWORD';
  return 'see whether it still runs, and start the tests again';
}
