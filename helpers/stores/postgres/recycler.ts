import type pg from 'pg';
import { connect, connectionOptions } from './connection.ts';
import type { Inventory } from './inventory.ts';
import {
  enableTracing,
  markPristine,
  type Original,
  readOriginal,
  type Recycling,
  renameInUse,
  type Traced,
  undoSettings,
} from './recycling.ts';

/** A database that may serve one test after the other. */
export interface Reusable extends Traced {
  /** How many tests it has served. */
  readonly uses: number;
  /** The administrator's session in it; undefined until it is needed. */
  readonly admin?: pg.Client;
}

/** Rows that were removed take room until a database is dropped. */
const mostUses = 50;

/** Makes used clones pristine again, and gives them new names. */
export class Recycler {
  readonly #inventory: Inventory;
  readonly #recycling: Recycling;
  #enabled: Promise<void> | undefined;

  constructor(inventory: Inventory, recycling: Recycling) {
    this.#inventory = inventory;
    this.#recycling = recycling;
  }

  /** A new clone, before anybody uses it. */
  async mark(name: string): Promise<Reusable> {
    const { maintenance } = this.#inventory;
    const found = await maintenance.inSession((client) => markPristine(client, name));
    return { ...found, uses: 0 };
  }

  /** Reads from a pristine clone what its template contains; undefined where clones cannot be recycled. */
  async learn(name: string): Promise<Original | undefined> {
    const admin = await this.#connect(name);
    try {
      return await readOriginal(admin);
    } finally {
      await admin.end();
    }
  }

  /**
   * Makes a database pristine that one test has used, and names it anew. @returns undefined when it has to be dropped;
   * its administrator has left it then.
   * @param own the server processes of other sessions that may stay.
   */
  async renew(
    name: string,
    database: Reusable,
    original: Original,
    own: readonly number[],
  ): Promise<{ readonly name: string; readonly reusable: Reusable } | undefined> {
    const admin = database.admin ?? (await this.#connect(name));
    let next: string | undefined;
    try {
      const mark = database.uses < mostUses ? await this.#undo(database, original, admin, own) : undefined;
      if (mark === undefined) return undefined;
      next = await this.#rename(name, database.oid);
      return { name: next, reusable: { ...database, mark, admin, uses: database.uses + 1 } };
    } finally {
      if (next === undefined) await admin.end();
    }
  }

  async #rename(name: string, oid: number): Promise<string> {
    const next = this.#inventory.nextName();
    await this.#inventory.maintenance.inSession((client) => renameInUse(client, oid, next));
    this.#inventory.renamed(name, next);
    return next;
  }

  /** The state to which the database can be put back next; undefined where it could not be put back. */
  async #undo(
    database: Reusable,
    original: Original,
    admin: pg.Client,
    own: readonly number[],
  ): Promise<Reusable['mark'] | undefined> {
    const { maintenance } = this.#inventory;
    await (this.#enabled ??= maintenance.inSession(enableTracing));
    const { obstacle, written, lsn } = await maintenance.inSession((client) =>
      this.#recycling.trace(client, database, original, [...own, processOf(admin)]),
    );
    if (obstacle !== undefined) return undefined;
    // Sent as one string, they are one transaction.
    const statements = [
      ...this.#recycling.undo(written, original, database.mark),
      'SELECT pg_stat_reset(), pg_current_xact_id()::text AS xid',
    ];
    const answer = (await admin.query(statements.join(';\n'))) as unknown as pg.QueryResult | pg.QueryResult[];
    const rows = [answer].flat().flatMap((result) => result.rows as Record<string, unknown>[]);
    if (rows.some((row) => row['sound'] === false)) return undefined;
    return { xid: rows.at(-1)!['xid'] as string, lsn };
  }

  #connect(name: string): Promise<pg.Client> {
    const { server, owner } = this.#inventory.maintenance;
    return connect({
      ...connectionOptions(server, server.admin, name),
      application_name: owner,
      options: undoSettings,
    });
  }
}

/** The process that serves a client. */
function processOf(client: pg.Client): number {
  return (client as unknown as { processID: number }).processID;
}
