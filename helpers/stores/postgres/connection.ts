import pg from 'pg';
import { hasSqlState } from '../../lib/pg.ts';
import { EnvironmentUnavailable, messageOf } from '../../lib/environment.ts';
import { shortage } from '../../lib/shortage.ts';
import { UsageError } from '../../lib/usage.ts';
import { poolApplication } from './cut-off.ts';
import { stopReason } from './server/log.ts';

/** How to reach a run's PostgreSQL, and what it allows. Serializable as JSON. */
export interface ServerConnection {
  readonly host: string;
  readonly port: number;
  /** The query part of this server's URLs, such as `?sslmode=require`. */
  readonly parameters?: string;
  /** The role that creates, renames and drops databases; a superuser on servers that belong to the run alone. */
  readonly admin: Credentials;
  /** The role that tests connect as. Owns its databases and is no superuser, so that no test can use up the server. */
  readonly testRole: Credentials;
  /** The database for statements that concern no test's database. */
  readonly maintenanceDatabase: string;
  /** `server_version_num`, for example 180004. */
  readonly version: number;
  /** Whether the server belongs to this run alone: it ends with the run, so databases need not be dropped. */
  readonly owned: boolean;
  /** Whether databases can be reset in place, which needs PostgreSQL 18 and a superuser; see `reset/`. */
  readonly inPlaceReset: boolean;
  /** Databases that one run may have at a time, divided among its workers; every worker may have a few in any case. */
  readonly maxDatabases: number;
  /** The locale of the databases, such as `icu:de-DE`; undefined for the server's own. */
  readonly locale?: string;
  /** Whether it is in a container. */
  readonly docker?: boolean;
  /** The log file of a server on this machine. */
  readonly log?: string;
  /** Where templates of earlier runs are; undefined where every run makes its own. */
  readonly templateCache?: TemplateCache;
  /** How to open a kept database after the run, as a sentence; undefined where it is dropped with the run. */
  readonly keeping?: string;
}

/** Where the workers of a run find the templates of earlier runs; see `template-cache/`. */
export interface TemplateCache {
  readonly folder: string;
  /** The data folder of the run's own server. */
  readonly dataFolder: string;
}

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** The parts of a server's description that URLs are built from. */
type Address = Pick<ServerConnection, 'host' | 'port' | 'parameters'>;

/** Options for `pg` to connect to a database of a server. */
export function connectionOptions(server: Address, credentials: Credentials, database: string): pg.ClientConfig {
  // The run's own servers speak no TLS, so PGSSLMODE must not apply to them.
  return {
    connectionString: connectionUrl(server, credentials, database),
    application_name: poolApplication,
    ...(server.parameters === undefined ? { ssl: false } : {}),
  };
}

/** A database's address, for any client that takes a URL. */
export function connectionUrl(server: Address, credentials: Credentials, database: string): string {
  const host = server.host.includes(':') ? `[${server.host}]` : server.host;
  return `postgresql://${encodeURIComponent(credentials.user)}:${encodeURIComponent(credentials.password)}@${host}:${server.port}/${encodeURIComponent(database)}${server.parameters ?? ''}`;
}

/** Opens a client whose broken connection does not end the process, because resets end sessions on purpose. */
export async function connect(options: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(options);
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Quotes an identifier for SQL. */
export const quoted = pg.escapeIdentifier;

/** Quotes a string for SQL. */
export const literal = pg.escapeLiteral;

/** The SQLSTATEs that this helper distinguishes; see PostgreSQL's appendix A. */
export const sqlState = {
  diskFull: '53100',
  outOfMemory: '53200',
  tooManyConnections: '53300',
} as const;

/** The routine that refuses a connection because of the database's own limit, which the test has used up itself. */
const limitOfDatabase = 'CheckMyDatabase';

/** Whether the server itself has failed, rather than a statement being wrong. */
function isServerTrouble(error: unknown): boolean {
  if (hasSqlState(error, sqlState.tooManyConnections) && (error as pg.DatabaseError).routine === limitOfDatabase)
    return false;
  if (error instanceof pg.DatabaseError) return /^(53|57P0[123]|58030|28|08)/.test(error.code ?? '');
  return /ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|Connection terminated|connection is closed|not queryable|timeout expired/i.test(
    messageOf(error) + String((error as NodeJS.ErrnoException | undefined)?.code),
  );
}

/** Runs housekeeping. @throws EnvironmentUnavailable in one sentence when the server itself has failed. */
export async function onServer<T>(
  server: Pick<ServerConnection, 'host' | 'port' | 'docker' | 'log'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UsageError) throw error; // a schema's command may have failed for want of another server
    const ours = error instanceof pg.DatabaseError ? undefined : shortage(error);
    if (ours !== undefined || !isServerTrouble(error)) throw ours ?? error;
    const reason = (hasSqlState(error, sqlState.diskFull) ? undefined : stopReason(server.log)) ?? messageOf(error);
    throw new EnvironmentUnavailable(
      `PostgreSQL${server.docker === true ? ' in its Docker container' : ''} at ${server.host}:${server.port} is not able to work (${reason}): ${mend(error, reason, server.docker)}.`,
    );
  }
}

function mend(error: unknown, reason: string, docker = false): string {
  if (/No space left/.test(reason))
    return 'free some disk space, or point PROVING_GROUND_FOLDER at a folder with more room';
  if (hasSqlState(error, sqlState.tooManyConnections)) return 'raise its max_connections, or use fewer --workers';
  if (hasSqlState(error, sqlState.outOfMemory) && /shared memory/.test(reason))
    return 'give it a higher max_locks_per_transaction, such as 1024';
  if (error instanceof pg.DatabaseError && error.code?.startsWith('28') === true)
    return 'check TEST_POSTGRES_USER and TEST_POSTGRES_PASSWORD';
  return `see whether ${docker ? 'the Docker engine' : 'it'} still runs, and start the tests again`;
}
