import type pg from 'pg';
import { OnceEach } from '../../lib/once.ts';
import type { ClonePool } from './clones.ts';
import type { DatabaseContext } from './database.ts';
import type { Inventory } from './inventory.ts';
import type { LastingConnection } from './lasting-connection.ts';
import { LeasedDatabase } from './leased-database.ts';
import type { PostgresParts } from './parts.ts';
import { Session } from './session.ts';
import { closeTransaction, openTransaction, runOutside } from './transaction/index.ts';

interface WorkerDatabasesOptions {
  readonly inventory: Inventory;
  readonly parts: PostgresParts;
  readonly measure: DatabaseContext['measure'];
  /** How a test connects to a database. */
  readonly connection: (database: string) => pg.PoolConfig;
}

/** One of them, for the duration of one test. */
export interface OpenDatabase {
  readonly isolation: 'reset' | 'rollback';
  /** Which of the worker's databases it is. */
  readonly key: string;
  readonly leased: LeasedDatabase;
  readonly session: Session;
}

/** The databases that tests of a worker share, one after the other, and the connections that stay meanwhile. */
export class WorkerDatabases {
  readonly #options: WorkerDatabasesOptions;
  readonly #leased = new OnceEach<LeasedDatabase>();
  /** Connections that the last test in a database has left clean, by isolation and database. */
  readonly #spares = new Map<string, LastingConnection>();

  constructor(options: WorkerDatabasesOptions) {
    this.#options = options;
  }

  /** Opens a pristine database of the given clones. @param purpose tells apart those of the same clones. */
  async open(clones: ClonePool, isolation: OpenDatabase['isolation'], purpose: string): Promise<OpenDatabase> {
    const { parts, connection } = this.#options;
    const key = `${clones.template.name} ${purpose}`;
    const leased = await this.#pristine(clones, key);
    const place = `${isolation} ${leased.name}`;
    const how = { spare: this.#spares.get(place), cleaning: parts.betweenTests };
    this.#spares.delete(place);
    const options = connection(leased.name);
    const session = await (isolation === 'rollback'
      ? openTransaction(options, parts.transactionRules, how)
      : Session.open(options, how));
    return { isolation, key, leased, session };
  }

  /** Ends a test's transaction, and its session but for a connection that nothing of the test is left on. */
  async end({ isolation, leased, session }: OpenDatabase): Promise<void> {
    if (isolation === 'rollback') await closeTransaction(session, (client) => this.#options.parts.ending.end(client));
    if (leased.mayInventSettings) return session.close();
    const spare = await session.retire(isolation === 'rollback' ? runOutside : undefined);
    if (spare !== undefined) this.#spares.set(`${isolation} ${leased.name}`, spare);
  }

  /** Ends a test's session, and leaves the database to the caller: the next test of its kind gets another one. */
  async giveAway({ key, leased, session }: OpenDatabase): Promise<void> {
    await session.close();
    this.#leased.forget(key);
    await leased.close();
  }

  async closeSpares(): Promise<void> {
    const spares = [...this.#spares.values()];
    this.#spares.clear();
    await Promise.all(spares.map((spare) => spare.close()));
  }

  async close(): Promise<void> {
    await this.closeSpares();
    for (const leased of await this.#leased.values()) await leased.close();
  }

  async #pristine(clones: ClonePool, key: string): Promise<LeasedDatabase> {
    const { inventory, parts, measure } = this.#options;
    const isNew = !this.#leased.has(key);
    const leased = await this.#leased.get(key, () => LeasedDatabase.ofWorker(clones, inventory, parts));
    if (isNew) return leased;
    const start = performance.now();
    const way = await leased.reset();
    measure('postgres.reset', performance.now() - start, { ...way }, 'worker');
    if (way.way === 'strict') await this.closeSpares(); // the server has ended them with their database
    return leased;
  }
}
