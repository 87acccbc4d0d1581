import pg from 'pg';
import { waitFor } from '../../lib/wait.ts';
import { EnvironmentUnavailable } from '../../lib/environment.ts';
import { connect, connectionOptions, literal, onServer, quoted, type ServerConnection } from './connection.ts';
import type { EndedSession } from './cut-off.ts';
import { connectionsPerDatabase } from './server/settings.ts';
import { isKept, type Owner, ownerOf } from './names.ts';
import { setClause } from './settings.ts';

const patience = 10_000;

/** `icu:de-DE`, `builtin:C.UTF-8`, `libc:de_DE.utf8`, and without a provider the C library's. */
function localeClause(locale: string, version: number): string {
  const [, provider = 'libc', name] = /^(?:(icu|builtin|libc):)?(.*)$/.exec(locale)!;
  if (provider === 'libc') return `${version < 150_000 ? '' : 'LOCALE_PROVIDER libc '}LOCALE ${literal(name!)}`;
  return `LOCALE_PROVIDER ${provider} ${provider === 'icu' ? 'ICU' : 'BUILTIN'}_LOCALE ${literal(name!)} LOCALE 'C'`;
}

/** Creates, renames and drops databases on one server, in the name of one owner. */
export class Maintenance implements AsyncDisposable {
  readonly server: ServerConnection;
  readonly owner: Owner;
  readonly #pool: pg.Pool;
  /** The sessions that were ended, by their pids, in each database. */
  readonly #ended = new Map<string, Map<number, EndedSession>>();

  constructor(server: ServerConnection, owner: Owner) {
    this.server = server;
    this.owner = owner;
    // One connection for cloning ahead, one for dropping, and one for what a test waits for.
    this.#pool = new pg.Pool({
      ...connectionOptions(server, server.admin, server.maintenanceDatabase),
      application_name: owner,
      max: 3,
      idleTimeoutMillis: 0,
    });
    this.#pool.on('error', () => undefined);
  }

  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(sql: string | pg.QueryConfig): Promise<pg.QueryResult<Row>> {
    return onServer(this.server, () => this.#pool.query<Row>(sql));
  }

  /** Runs statements that must share one session, such as those under an advisory lock. */
  async inSession<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await onServer(this.server, () => this.#pool.connect());
    try {
      return await onServer(this.server, () => work(client));
    } finally {
      client.release();
    }
  }

  /**
   * Copies a database that has no sessions, with its settings. On the run's own server the files are copied, which
   * takes some 6 ms; elsewhere PostgreSQL's default strategy is used, because copying files forces a checkpoint on the
   * whole server. Leaves nothing when it fails.
   */
  async clone(template: string, name: string): Promise<void> {
    const strategy = this.server.owned && this.server.version >= 150_000 ? ' STRATEGY file_copy' : '';
    await this.query(
      `CREATE DATABASE ${quoted(name)} OWNER ${quoted(this.server.testRole.user)} TEMPLATE ${quoted(template)}${strategy} CONNECTION LIMIT ${connectionsPerDatabase}`,
    );
    try {
      await this.#copySettings(template, name);
    } catch (error) {
      await this.drop(name);
      throw error;
    }
  }

  /** Creates an empty database, in the locale that is wanted. */
  async create(name: string): Promise<void> {
    const { locale, testRole } = this.server;
    if (locale === undefined) return this.clone('template1', name);
    await this.query(
      `CREATE DATABASE ${quoted(name)} OWNER ${quoted(testRole.user)}
        TEMPLATE template0 ${localeClause(locale, this.server.version)} CONNECTION LIMIT ${connectionsPerDatabase}`,
    ).catch((error: unknown) => {
      if (!(error instanceof pg.DatabaseError)) throw error;
      throw new EnvironmentUnavailable(
        `TEST_POSTGRES_LOCALE=${locale} is no locale of this server (${error.message}): ` +
          'see SELECT collname, collprovider FROM pg_collation there.',
      );
    });
  }

  async #copySettings(template: string, name: string): Promise<void> {
    const { rows } = await this.query<{ role: string | null; setting: string }>(`
      SELECT nullif(setrole, 0)::regrole AS role, unnest(setconfig) AS setting FROM pg_db_role_setting
      WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = ${literal(template)})`);
    const statements = rows.map(
      ({ role, setting }) =>
        `ALTER ${role === null ? `DATABASE ${quoted(name)}` : `ROLE ${role} IN DATABASE ${quoted(name)}`} ${setClause(setting)}`,
    );
    if (template !== 'template1') statements.push(...(await this.#properties(template, name)));
    if (statements.length > 0) await this.query(statements.join('; '));
  }

  /** Statements that give a copy the rights, comment and connection limit of its original, where these were set. */
  async #properties(template: string, name: string): Promise<string[]> {
    const { rows } = await this.query<{ statement: string }>(`
      WITH original AS (SELECT * FROM pg_database WHERE datname = ${literal(template)})
      SELECT unnest(ARRAY[
        format('REVOKE ALL ON DATABASE %I FROM PUBLIC', ${literal(name)}),
        format('REVOKE ALL ON DATABASE %I FROM %s', ${literal(name)}, datdba::regrole)]) AS statement
      FROM original WHERE datacl IS NOT NULL
      UNION ALL SELECT format('GRANT %s ON DATABASE %I TO %s%s', privilege_type, ${literal(name)},
        CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END,
        CASE WHEN is_grantable AND grantee <> datdba THEN ' WITH GRANT OPTION' END) FROM original, aclexplode(datacl)
      UNION ALL SELECT format('COMMENT ON DATABASE %I IS %L', ${literal(name)}, shobj_description(oid, 'pg_database'))
      FROM original WHERE shobj_description(oid, 'pg_database') IS NOT NULL
      UNION ALL SELECT format('ALTER DATABASE %I CONNECTION LIMIT %s', ${literal(name)}, datconnlimit)
      FROM original WHERE datconnlimit <> ${connectionsPerDatabase}`);
    return rows.map(({ statement }) => statement);
  }

  /** Records sessions that were ended. */
  noteEnded(database: string, sessions: readonly EndedSession[]): void {
    const known = this.#ended.get(database) ?? new Map<number, EndedSession>();
    this.#ended.set(database, known);
    for (const session of sessions) if (!known.has(session.pid)) known.set(session.pid, session);
  }

  /** The sessions that were ended in a database since this was last asked. */
  takeEnded(database: string): EndedSession[] {
    const sessions = [...(this.#ended.get(database)?.values() ?? [])];
    this.#ended.delete(database);
    return sessions;
  }

  /** Forbids connections to a database, so that it cannot change and can be cloned at any time. */
  async seal(name: string): Promise<void> {
    await this.query(`ALTER DATABASE ${quoted(name)} WITH ALLOW_CONNECTIONS false`);
  }

  async unseal(name: string): Promise<void> {
    await this.query(`ALTER DATABASE ${quoted(name)} WITH ALLOW_CONNECTIONS true`);
  }

  /** Ends every session in the databases, where `DROP … WITH (FORCE)` would wait in steps of 100 ms. */
  async disconnect(...names: string[]): Promise<void> {
    await this.#disconnect(names);
  }

  /** Drops a database with all its sessions; does nothing when there is no such database. */
  async drop(name: string): Promise<void> {
    await this.#vacate(name);
    await this.query(`DROP DATABASE IF EXISTS ${quoted(name)}`);
    this.#ended.delete(name);
  }

  /** Puts `fresh` in the place of `current`, whose contents are renamed to `aside`. Ends all sessions in both. */
  async swap(current: string, fresh: string, aside: string): Promise<void> {
    // A session that begins before the seal takes effect is ended by the next line.
    await Promise.all([this.seal(current), this.#terminate([current, fresh])]);
    await this.#vacate(current, fresh);
    await this.query(
      `ALTER DATABASE ${quoted(current)} RENAME TO ${quoted(aside)}; ALTER DATABASE ${quoted(fresh)} RENAME TO ${quoted(current)}`,
    );
  }

  /** Renames a database, and allows connections to it. */
  async rename(from: string, to: string): Promise<void> {
    await this.#vacate(from);
    await this.query(
      `ALTER DATABASE ${quoted(from)} RENAME TO ${quoted(to)}; ALTER DATABASE ${quoted(to)} WITH ALLOW_CONNECTIONS true`,
    );
  }

  /** Ends every session in the databases, and whatever outlives sessions and would block a drop. */
  async #vacate(...names: string[]): Promise<void> {
    for (const name of await this.#disconnect(names)) await this.#release(name);
  }

  /** Ends every session in the databases; returns the databases that something else still holds. */
  async #disconnect(names: readonly string[]): Promise<readonly string[]> {
    let held: readonly string[] = [];
    const ended = async (): Promise<boolean> => {
      const state = await this.#terminate(names);
      held = state.held;
      return state.sessions === 0;
    };
    if (!(await waitFor(ended, patience, 0.5))) throw new Error(`Sessions in ${names.join(' and ')} do not end.`);
    return held;
  }

  /** Terminates the sessions, but for autovacuum's, which PostgreSQL ends and an ordinary role may not. */
  async #terminate(names: readonly string[]): Promise<{ sessions: number; held: string[] }> {
    const meant = `datname IN (${names.map(literal).join(', ')})`;
    const { rows } = await this.query<{
      sessions: number;
      held: string[];
      ended: (EndedSession & { database: string })[] | null;
    }>(`
      SELECT count(pg_terminate_backend(pid))::int AS sessions,
        json_agg(json_build_object('pid', pid, 'application', coalesce(application_name, ''), 'state', state,
          'database', datname)) AS ended,
        ARRAY(SELECT datname::text FROM pg_database WHERE ${meant}
          AND (datname IN (SELECT database FROM pg_prepared_xacts UNION SELECT database FROM pg_replication_slots)
            OR oid IN (SELECT subdbid FROM pg_subscription))) AS held
      FROM pg_stat_activity WHERE usesysid IS NOT NULL AND ${meant}`);
    const { sessions, held, ended } = rows[0]!;
    for (const { database, ...session } of ended ?? []) this.noteEnded(database, [session]);
    return { sessions, held };
  }

  /** Drops prepared transactions, slots and subscriptions, most of it from inside, then seals the database. */
  async #release(name: string): Promise<void> {
    await this.unseal(name);
    try {
      await onServer(this.server, async () => {
        const client = await connect({
          ...connectionOptions(this.server, this.server.admin, name),
          application_name: this.owner,
        });
        try {
          const { rows: transactions } = await client.query<{ gid: string }>(
            'SELECT gid FROM pg_prepared_xacts WHERE database = current_database()',
          );
          for (const { gid } of transactions) await client.query(`ROLLBACK PREPARED ${literal(gid)}`);
          await client.query(
            'SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()',
          );
          const { rows: subscriptions } = await client.query<{ name: string }>(
            'SELECT quote_ident(subname) AS name FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())',
          );
          for (const { name: subscription } of subscriptions)
            await client.query(
              `ALTER SUBSCRIPTION ${subscription} DISABLE; ALTER SUBSCRIPTION ${subscription} SET (slot_name = NONE); DROP SUBSCRIPTION ${subscription}`,
            );
        } finally {
          await client.end();
        }
      });
    } finally {
      await this.seal(name);
    }
    await this.disconnect(name);
  }

  /** What a database's comment says. */
  async comment(name: string): Promise<string | undefined> {
    const { rows } = await this.query<{ comment: string | null }>(
      `SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = ${literal(name)}`,
    );
    return rows[0]?.comment ?? undefined;
  }

  async setComment(name: string, comment: string): Promise<void> {
    await this.query(`COMMENT ON DATABASE ${quoted(name)} IS ${literal(comment)}`);
  }

  /** Databases whose name has an owner of this project, dead or alive, and that the administrator may drop. */
  async owned(): Promise<{ name: string; owner: Owner; kept: boolean }[]> {
    const { rows } = await this.query<{ name: string }>(
      "SELECT datname AS name FROM pg_database WHERE pg_has_role(datdba, 'USAGE')",
    );
    return rows.flatMap(({ name }) => {
      const owner = ownerOf(name);
      return owner === undefined ? [] : [{ name, owner, kept: isKept(name) }];
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end();
  }
}
