import type pg from 'pg';
import { EnvironmentUnavailable } from '../../lib/environment.ts';
import type { Scope } from '../../run/measurements/index.ts';
import { type DatabaseState, readState } from './catalogue.ts';
import { ClonePool } from './clones.ts';
import { connectionOptions, connectionUrl, onServer, type ServerConnection } from './connection.ts';
import { type DatabaseContext, type Isolation, PostgresDatabase } from './database.ts';
import { LeasedDatabase } from './leased-database.ts';
import { Inventory } from './inventory.ts';
import { Maintenance } from './maintenance.ts';
import { workerOwner } from './names.ts';
import type { PostgresParts } from './parts.ts';
import { withReader } from './reader.ts';
import { TestRole } from './test-role.ts';
import { Session } from './session.ts';
import { sweepDatabases } from './sweep.ts';
import { findTemplate, keyOf, type Recipe, type Template } from './template.ts';
import { closeTransaction, openTransaction } from './transaction.ts';

export interface PostgresWorkerOptions {
  readonly server: ServerConnection;
  /** Id of the run, part of every name. */
  readonly run: string;
  readonly worker: number;
  /** Among how many workers the databases that a run may have are divided. */
  readonly workers: number;
  readonly parts: PostgresParts;
  readonly measure: DatabaseContext['measure'];
}

export interface DatabaseRequest extends Omit<Recipe, 'resettable'> {
  readonly isolation: Isolation;
}

/** Where a database was kept, or why it was not. */
export type KeptDatabase = { readonly url: string } | { readonly because: string };

/** A database on loan to a test. */
export interface Lease {
  readonly database: PostgresDatabase;
  /** Takes it back; with `keep`, keeps it as it is, and says where, or why not. */
  end(options: { readonly keep: boolean }): Promise<KeptDatabase | undefined>;
}

/** Databases that a worker can do with, whatever its share is: its own, a few snapshots, and one that takes a place. */
const leastDatabases = 6;

/** All that one worker has of a run's PostgreSQL. */
export class PostgresWorker implements AsyncDisposable {
  readonly #options: PostgresWorkerOptions;
  readonly #maintenance: Maintenance;
  readonly #inventory: Inventory;
  readonly #role: TestRole;
  readonly #templates = new Map<string, Promise<Template>>();
  readonly #pools = new Map<string, ClonePool>();
  readonly #homes = new Map<string, Promise<LeasedDatabase>>();
  readonly #originals = new Map<string, Promise<DatabaseState>>();
  readonly #previous = new Map<LeasedDatabase, Session>();

  private constructor(options: PostgresWorkerOptions, maintenance: Maintenance, role: TestRole) {
    this.#options = options;
    this.#maintenance = maintenance;
    this.#role = role;
    this.#inventory = new Inventory(
      maintenance,
      Math.max(leastDatabases, Math.floor(options.server.maxDatabases / options.workers)),
      () => this.#emptyPools(),
    );
  }

  /** Connects and sweeps what workers that were killed have left. */
  static async open(options: PostgresWorkerOptions): Promise<PostgresWorker> {
    const maintenance = new Maintenance(options.server, workerOwner(options.run, options.worker));
    try {
      const worker = new PostgresWorker(options, maintenance, await TestRole.open(maintenance));
      await worker.sweep();
      return worker;
    } catch (error) {
      await maintenance[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Drops the databases of workers that are gone; returns their names. */
  sweep(): Promise<string[]> {
    return sweepDatabases(this.#maintenance, this.#options.parts.ownership, { runs: false });
  }

  /**
   * Lends a pristine, seeded database. Costs less than a millisecond when a clone is ready; the first of its kind
   * costs the making of its template. With the scope `worker` it is for what tests share.
   */
  async lease(wanted: DatabaseRequest, scope?: Scope): Promise<Lease> {
    const { server } = this.#options;
    const { database, end } = await onServer(server, () => this.#lend(wanted, scope));
    return {
      database,
      end: (options) =>
        onServer(server, async () => {
          const kept = await end(options);
          await this.#putRoleBack();
          return kept;
        }),
    };
  }

  /** Waits until clones for this are ready, so that the next lease costs what it will usually cost. */
  async settle({ isolation, ...recipe }: DatabaseRequest): Promise<void> {
    await (
      await this.#poolFor({ ...recipe, resettable: isolation !== 'database' && this.#options.server.fastReset })
    ).settle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      for (const session of this.#previous.values()) await session.close();
      for (const home of this.#homes.values()) await (await home.catch(() => undefined))?.close();
      for (const pool of this.#pools.values()) await pool.close();
      await this.#inventory.close();
    } finally {
      await this.#maintenance[Symbol.asyncDispose]();
    }
  }

  /** Sessions that are open already began with what a test had changed of the role. */
  async #putRoleBack(): Promise<void> {
    try {
      if (await this.#role.reset()) this.#emptyPools();
    } catch (error) {
      // A server of our own that is in trouble takes the role with it, and whoever needs it will say so.
      if (!this.#options.server.owned || !(error instanceof EnvironmentUnavailable)) throw error;
    }
  }

  async #lend({ isolation, ...recipe }: DatabaseRequest, scope: Scope | undefined): Promise<Lease> {
    const start = performance.now();
    const resettable = isolation !== 'database' && this.#options.server.fastReset;
    const clones = await this.#poolFor({ ...recipe, resettable });
    const lease = isolation === 'database' ? await this.#lendClone(clones) : await this.#lendHome(clones, isolation);
    this.#options.measure(
      'postgres.acquire',
      performance.now() - start,
      { isolation, template: clones.template.label },
      scope,
    );
    return lease;
  }

  async #lendClone(clones: ClonePool): Promise<Lease> {
    const { name, session } = await clones.acquire();
    const home = LeasedDatabase.ofTest(name, clones, this.#inventory, this.#options.parts);
    const database = this.#database(home, session, 'database');
    return {
      database,
      end: async ({ keep }) => {
        database.discardSnapshots();
        if (!keep) {
          this.#inventory.discard(name, session.close());
          return undefined;
        }
        await session.close();
        return this.#keep(name);
      },
    };
  }

  async #lendHome(clones: ClonePool, isolation: 'reset' | 'rollback'): Promise<Lease> {
    const { handover, ending } = this.#options.parts;
    const home = await this.#homeFor(clones);
    const options = this.#sessionOptions(home.name);
    const session = await handover.renew(this.#previous.get(home), () =>
      isolation === 'rollback' ? openTransaction(options) : Session.open(options),
    );
    this.#previous.set(home, session);
    const database = this.#database(home, session, isolation);
    return {
      database,
      end: async ({ keep }) => {
        database.discardSnapshots();
        if (isolation === 'rollback') await closeTransaction(session, (client) => ending.end(client));
        await handover.retire(session);
        if (!keep) return undefined;
        if (isolation === 'rollback')
          return { because: "with isolation 'rollback' nothing of a test is ever committed" };
        // Playwright replaces the worker after a failure, so nobody goes on under this URL.
        this.#homes.delete(clones.template.name);
        await home.close();
        return this.#keep(home.name);
      },
    };
  }

  /** The worker's own database of this kind, pristine. */
  async #homeFor(clones: ClonePool): Promise<LeasedDatabase> {
    const { name } = clones.template;
    const existing = this.#homes.get(name);
    if (existing === undefined) {
      const made = LeasedDatabase.ofWorker(clones, this.#inventory, this.#options.parts);
      this.#homes.set(name, made);
      made.catch(() => this.#homes.delete(name));
      return made;
    }
    const home = await existing;
    const start = performance.now();
    const way = await home.reset();
    this.#options.measure('postgres.reset', performance.now() - start, { ...way }, 'worker');
    return home;
  }

  async #keep(name: string): Promise<KeptDatabase> {
    const { server } = this.#maintenance;
    const kept = await this.#options.parts.handover.keep(this.#inventory, name);
    return kept === undefined
      ? { because: 'enough databases of this run are kept already' }
      : { url: connectionUrl(server, server.testRole, kept) };
  }

  #database(home: LeasedDatabase, session: Session, isolation: Isolation): PostgresDatabase {
    const { parts, measure } = this.#options;
    return new PostgresDatabase({
      home,
      session,
      isolation,
      parts,
      measure,
      inventory: this.#inventory,
      original: () => this.#originalOf(home.clones),
    });
  }

  /** Read once per template, from a clone. */
  #originalOf(clones: ClonePool): Promise<DatabaseState> {
    const { name } = clones.template;
    let original = this.#originals.get(name);
    if (original === undefined) {
      original = clones.acquire().then(async (clone) => {
        try {
          return await withReader(this.#maintenance.server, clone.name, readState);
        } finally {
          this.#inventory.discard(clone.name, clone.session.close());
        }
      });
      this.#originals.set(name, original);
      original.catch(() => this.#originals.delete(name));
    }
    return original;
  }

  async #poolFor(recipe: Recipe): Promise<ClonePool> {
    const template = await this.#templateFor(recipe);
    let pool = this.#pools.get(template.name);
    if (pool === undefined) {
      pool = new ClonePool(
        template,
        this.#inventory,
        (name) => Session.open(this.#sessionOptions(name)),
        this.#options.parts.cloneChoice,
      );
      this.#pools.set(template.name, pool);
    }
    // Clones of other kinds make room: a worker runs one file after the other, and seldom goes back.
    this.#emptyPools(pool);
    return pool;
  }

  #emptyPools(except?: ClonePool): void {
    for (const pool of this.#pools.values()) if (pool !== except) pool.empty();
  }

  /** Looked up by the recipe itself, so that a second test does not read the files again. */
  #templateFor(recipe: Recipe): Promise<Template> {
    const key = keyOf(recipe);
    const known = this.#templates.get(key);
    if (known !== undefined) return known;
    const start = performance.now();
    const template = findTemplate(this.#maintenance, this.#options.run, recipe, this.#options.parts, this.#role);
    this.#templates.set(key, template);
    template.catch(() => this.#templates.delete(key));
    template.then(
      ({ label }) =>
        this.#options.measure('postgres.template', performance.now() - start, { template: label }, 'worker'),
      () => undefined,
    );
    return template;
  }

  #sessionOptions(database: string): pg.PoolConfig {
    const { server } = this.#maintenance;
    return { ...connectionOptions(server, server.testRole, database), max: 10 };
  }
}
