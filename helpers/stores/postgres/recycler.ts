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

/** What is known of a database that may serve one test after the other. */
export interface Place extends Omit<Traced, 'own'> {
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
  async place(name: string): Promise<Place> {
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
   * Makes a database pristine that one test has used, and names it anew. @returns its name and place, or undefined when
   * it has to be dropped, and its administrator has left it.
   * @param own the server processes of other sessions that may stay.
   */
  async renew(
    name: string,
    place: Place,
    original: Original,
    own: readonly number[],
  ): Promise<{ readonly name: string; readonly place: Place } | undefined> {
    const { maintenance } = this.#inventory;
    const admin = place.admin ?? (await this.#connect(name));
    try {
      const mark = place.uses < mostUses ? await this.#undo(place, original, admin, own) : undefined;
      if (mark !== undefined) {
        const next = this.#inventory.nextName();
        await maintenance.inSession((client) => renameInUse(client, place.oid, next));
        this.#inventory.renamed(name, next);
        return { name: next, place: { ...place, mark, admin, uses: place.uses + 1 } };
      }
    } catch {
      // A database that cannot be put back is dropped, and what is wrong with the server shows then.
    }
    await admin.end();
    return undefined;
  }

  /** The state to which the database can be put back next; undefined where it could not be put back. */
  async #undo(
    place: Place,
    original: Original,
    admin: pg.Client,
    own: readonly number[],
  ): Promise<Place['mark'] | undefined> {
    await (this.#enabled ??= this.#inventory.maintenance.inSession(enableTracing));
    const { obstacle, written, lsn } = await this.#inventory.maintenance.inSession((client) =>
      this.#recycling.trace(client, { ...place, own: [...own, processOf(admin)] }, original),
    );
    if (obstacle !== undefined) return undefined;
    // Sent as one string, they are one transaction.
    const statements = [
      ...this.#recycling.undo(written, original, place.mark),
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
