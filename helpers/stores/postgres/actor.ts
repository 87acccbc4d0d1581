import pg from 'pg';
import { fileDataset, type RowsSource } from '../datasets/index.ts';
import { messageOf } from '../../lib/environment.ts';
import { type Credentials, literal, type ServerConnection } from './connection.ts';
import { type FileParts, loadRows } from './load-files.ts';
import { throwInFull } from './query-errors.ts';
import { serverWide } from './preparation/index.ts';

/** Settings of a role's transactions, such as its claims; what is no text is written as JSON. */
export type ActingSettings = Readonly<Record<string, unknown>>;

/** How a test acts as another role. */
export interface Acting {
  /** SQL within a transaction that makes it a role's: what it sets ends with the transaction. */
  enter(role: string, settings: ActingSettings): string;
  /** SQL that ends it where the transaction goes on: sets what was set before. */
  leave(before: Readonly<Record<string, string>>): string;
  /** The administrator, and the options of the sessions: rows that a policy hides even from them are an error. */
  administrator(server: ServerConnection): { readonly credentials: Credentials; readonly options: string };
}

export const acting: Acting = {
  enter: (role, settings) =>
    `SELECT ${Object.entries({ ...settings, role })
      .map(([name, value]) => setLocal(name, textOf(value)))
      .join(', ')}`,
  leave: (before) =>
    `SELECT ${Object.entries(before)
      .map(([name, value]) => setLocal(name, value))
      .join(', ')}`,
  administrator: ({ admin }) => ({ credentials: admin, options: '-c row_security=off' }),
};

function setLocal(name: string, value: string): string {
  return `set_config(${literal(name)}, ${literal(value)}, true)`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Runs `work` on a client: within a transaction, which is undone when it fails. */
export type InTransaction = <T>(work: (client: pg.ClientBase) => Promise<T>) => Promise<T>;

/** Queries as another role than the test's own. */
export interface Actor {
  /** Runs one statement, with parameters as `$1`, `$2`, …, and returns its rows. */
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(sql: string, params?: readonly unknown[]): Promise<Row[]>;
  /** Runs `work` on a client in one transaction, which is committed, or undone when it fails. Returns its result. */
  transaction: InTransaction;
  /**
   * Loads rows, by table, or from a path as `dataset` takes it, in one transaction. Tables may come in any order.
   * @throws UsageError with file and line of the row that is refused.
   */
  load(rows: RowsSource): Promise<void>;
}

export interface ActorParts extends FileParts {
  readonly acting: Acting;
  /** From where a relative path in `load` counts. */
  readonly folder: string;
}

/** Acts as a role: each query, too, is a transaction, with which the role and its settings end. */
export function roleActor(role: string, settings: ActingSettings, parts: ActorParts, within: InTransaction): Actor {
  const entry = parts.acting.enter(role, settings);
  const transaction: InTransaction = (work) =>
    within(async (client) => {
      await client.query(entry).catch((error: unknown) => refuse(error, role));
      return work(client);
    });
  return {
    transaction,
    load: (rows) => transaction((client) => loadRows(client, fileDataset(rows, parts.folder), parts)),
    query: <Row extends pg.QueryResultRow>(sql: string, params?: readonly unknown[]) =>
      transaction(async (client) => (await client.query<Row>(sql, params as unknown[]).catch(throwInFull)).rows),
  };
}

function refuse(error: unknown, role: string): never {
  const unknown = error instanceof pg.DatabaseError && /^role .* does not exist$/.test(error.message);
  const denied = error instanceof pg.DatabaseError && error.code === '42501';
  if (!unknown && !denied) throw error;
  const mend = unknown ? `write schema: { …, prepare: { roles: ['${role}'] } }` : 'grant it to the test role';
  throw new Error(`as('${role}'): ${messageOf(error)}; ${mend}.`, { cause: error });
}

/** Acts as the administrator, within the database alone. */
export function adminActor(pool: () => Promise<pg.Pool>, parts: ActorParts, within: InTransaction): Actor {
  return {
    async query<Row extends pg.QueryResultRow>(sql: string, params?: readonly unknown[]) {
      const wide = serverWide(sql);
      if (wide !== undefined)
        throw new Error(
          `admin.query() would change ${wide}, which all tests of the server share: ` +
            'roles can be prepared for a schema, by schema: { …, prepare: { roles: […] } }.',
        );
      return (await (await pool()).query<Row>(sql, params as unknown[]).catch(throwInFull)).rows;
    },
    transaction: within,
    load: (rows) => within((client) => loadRows(client, fileDataset(rows, parts.folder), parts)),
  };
}
