import type pg from 'pg';
import type { ClonePool } from './clones.ts';
import { connect, connectionOptions } from './connection.ts';
import { OnceEach } from '../../lib/once.ts';
import type { Inventory } from './inventory.ts';
import { mayInventSettings } from './lasting-connection.ts';
import type { PostgresParts } from './parts.ts';
import {
  markNow,
  type ResetPoint,
  resetInPlace,
  type ResettableTable,
  resettableTables,
  sessionSettings,
} from './reset/index.ts';

/** How a database was reset: in place (`fast`), or by a fresh clone under its name (`strict`), with the reason. */
export type ResetMethod = { readonly way: 'fast' } | { readonly way: 'strict'; readonly because: string };

/** A database that keeps its name and URL while its contents change: one test's own, or one worker's for many tests. */
export class LeasedDatabase {
  readonly name: string;
  readonly clones: ClonePool;
  readonly #inventory: Inventory;
  readonly #parts: PostgresParts;
  readonly #resettable: boolean;
  readonly #admin = new OnceEach<pg.Client>();
  #tables: readonly ResettableTable[] = [];
  #mayInventSettings = false;
  #isReplaced = false;
  #mark: ResetPoint | undefined;
  #lastReset: ResetMethod | undefined;

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

  /** A database that is dropped after its test. */
  static ofTest(name: string, clones: ClonePool, inventory: Inventory, parts: PostgresParts): LeasedDatabase {
    return new LeasedDatabase(name, clones, inventory, parts, false);
  }

  /** A database that is reset between tests, in place where the server allows it. */
  static async ofWorker(clones: ClonePool, inventory: Inventory, parts: PostgresParts): Promise<LeasedDatabase> {
    const { name, session } = await clones.acquire();
    await session.close();
    const leased = new LeasedDatabase(name, clones, inventory, parts, inventory.maintenance.server.inPlaceReset);
    leased.#mark = await leased.#markNow();
    if (leased.#resettable) {
      const admin = await leased.#connectAdmin();
      leased.#tables = await resettableTables(admin);
      leased.#mayInventSettings = await mayInventSettings(admin);
    }
    return leased;
  }

  /** Whether a connection may have settings that no statement of a test shows. */
  get mayInventSettings(): boolean {
    return this.#mayInventSettings;
  }

  /** Whether another database has taken its place. */
  get isReplaced(): boolean {
    return this.#isReplaced;
  }

  /** How it was reset last. */
  get lastReset(): ResetMethod | undefined {
    return this.#lastReset;
  }

  /** Makes the database pristine again: in place where that is sound, otherwise by a fresh clone under its name. */
  async reset(): Promise<ResetMethod> {
    return (this.#lastReset = await this.#reset());
  }

  async #reset(): Promise<ResetMethod> {
    let because = this.#resettable ? 'the contents are a snapshot' : 'this database is not resettable in place';
    if (this.#mark !== undefined) {
      const outcome = await resetInPlace(
        await this.#connectAdmin(),
        this.#parts.inPlaceReset,
        this.#tables,
        this.#mark,
        (sessions) => this.#inventory.maintenance.noteEnded(this.name, sessions),
      );
      if ('mark' in outcome) {
        this.#mark = outcome.mark;
        return { way: 'fast' };
      }
      because = outcome.obstacle;
    }
    const { name, session } = await this.clones.acquire();
    const pristine = await this.#markNow(); // before a client can reconnect and write
    await Promise.all([session.close(), this.replace(name)]);
    this.#mark = pristine;
    if (this.#resettable) void this.#connectAdmin().catch(() => undefined); // for the next reset
    return { way: 'strict', because };
  }

  /** Puts another database in the place of this one, which is dropped. */
  async replace(fresh: string): Promise<void> {
    const aside = this.#inventory.nextName();
    this.#isReplaced = true;
    this.#mark = undefined; // the contents are no longer resettable
    // The swap also ends the administrator's session here, which must not be used again.
    await Promise.all([
      this.close(),
      this.#parts.snapshotStore.swap(this.#inventory.maintenance, this.name, fresh, aside),
    ]);
    this.#inventory.replaced(this.name, fresh, aside);
  }

  async close(): Promise<void> {
    for (const client of await this.#admin.values()) await client.end();
    this.#admin.forget(this.name);
  }

  /** A position in the server's log, not the database's: any connection can read it. */
  async #markNow(): Promise<ResetPoint | undefined> {
    return this.#resettable ? this.#inventory.maintenance.inSession(markNow) : undefined;
  }

  #connectAdmin(): Promise<pg.Client> {
    const { server, owner } = this.#inventory.maintenance;
    return this.#admin.get(this.name, async () => {
      const client = await connect({
        ...connectionOptions(server, server.admin, this.name),
        application_name: owner,
        options: sessionSettings,
      });
      client.once('end', () => this.#admin.forget(this.name));
      return client;
    });
  }
}
