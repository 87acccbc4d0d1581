import type pg from 'pg';
import type { ClonePool } from './clones.ts';
import { connect, connectionOptions } from './connection.ts';
import type { Inventory } from './inventory.ts';
import type { PostgresParts } from './parts.ts';
import {
  markNow,
  type ResetPoint,
  resetInPlace,
  type ResettableTable,
  resettableTables,
  sessionSettings,
} from './reset/index.ts';

/** How a database was put back: in place, or by a fresh clone under its name, and then why not in place. */
export type ResetMethod = { readonly way: 'fast' } | { readonly way: 'strict'; readonly because: string };

/**
 * A database that stays under one name and URL while its contents come and go: one test's own, or one worker's for
 * many tests.
 */
export class LeasedDatabase {
  readonly name: string;
  readonly clones: ClonePool;
  readonly #inventory: Inventory;
  readonly #parts: PostgresParts;
  readonly #resettable: boolean;
  #admin: Promise<pg.Client> | undefined;
  #tables: readonly ResettableTable[] = [];
  #mark: ResetPoint | undefined;

  private constructor(
    name: string,
    clones: ClonePool,
    inventory: Inventory,
    parts: PostgresParts,
    resettable: boolean,
  ) {
    this.name = name;
    this.clones = clones;
    this.#inventory = inventory;
    this.#parts = parts;
    this.#resettable = resettable;
  }

  /** A home whose database is gone with its test. */
  static ofTest(name: string, clones: ClonePool, inventory: Inventory, parts: PostgresParts): LeasedDatabase {
    return new LeasedDatabase(name, clones, inventory, parts, false);
  }

  /** A home that is put back between tests, in place where the server allows that. */
  static async ofWorker(clones: ClonePool, inventory: Inventory, parts: PostgresParts): Promise<LeasedDatabase> {
    const { name, session } = await clones.acquire();
    await session.close();
    const home = new LeasedDatabase(name, clones, inventory, parts, inventory.maintenance.server.fastReset);
    home.#mark = await home.#markNow();
    if (home.#resettable) home.#tables = await resettableTables(await home.#connectAdmin());
    return home;
  }

  /** Pristine again. */
  async reset(): Promise<ResetMethod> {
    let because = this.#resettable ? 'the contents are a snapshot' : 'this database is not resettable in place';
    if (this.#mark !== undefined) {
      const outcome = await resetInPlace(await this.#connectAdmin(), this.#parts.fastReset, this.#tables, this.#mark);
      if ('mark' in outcome) {
        this.#mark = outcome.mark;
        return { way: 'fast' };
      }
      because = outcome.obstacle;
    }
    const { name, session } = await this.clones.acquire();
    const pristine = await this.#markNow(); // before anybody can write there: whoever was cut off may be back at once
    await Promise.all([session.close(), this.replace(name)]);
    this.#mark = pristine;
    if (this.#resettable) void this.#connectAdmin().catch(() => undefined); // ahead of its need
    return { way: 'strict', because };
  }

  /** Lets another database take the place of this one, which is dropped. */
  async replace(fresh: string): Promise<void> {
    const aside = this.#inventory.nextName();
    this.#mark = undefined; // what is here now is not what the next test is to get
    // The swap ends our own session, too; what it ended must not be taken for the next one.
    await Promise.all([
      this.close(),
      this.#parts.snapshotShelf.swap(this.#inventory.maintenance, this.name, fresh, aside),
    ]);
    this.#inventory.replaced(this.name, fresh, aside);
  }

  async close(): Promise<void> {
    await (await this.#admin?.catch(() => undefined))?.end();
    this.#admin = undefined;
  }

  /** The moment is the server's, not the database's: any connection can read it. */
  async #markNow(): Promise<ResetPoint | undefined> {
    return this.#resettable ? this.#inventory.maintenance.inSession(markNow) : undefined;
  }

  #connectAdmin(): Promise<pg.Client> {
    const { server, owner } = this.#inventory.maintenance;
    this.#admin ??= connect({
      ...connectionOptions(server, server.admin, this.name),
      application_name: owner,
      options: sessionSettings,
    }).then(
      (client) => {
        client.once('end', () => {
          this.#admin = undefined;
        });
        return client;
      },
      (error: unknown) => {
        this.#admin = undefined;
        throw error;
      },
    );
    return this.#admin;
  }
}
