import type pg from 'pg';
import { EnvironmentUnavailable } from '../../lib/environment.ts';
import { OnceEach } from '../../lib/once.ts';
import { placeDataset } from '../datasets/index.ts';
import type { Scope } from '../../run/measurements/index.ts';
import { type DatabaseState, readHoldings } from './catalogue.ts';
import { readMarked } from './definitions/index.ts';
import { ClonePool } from './clones.ts';
import { connectionOptions, connectionUrl, onServer, type ServerConnection } from './connection.ts';
import { type DatabaseContext, PostgresDatabase } from './database.ts';
import type { Isolation } from './isolation.ts';
import { LeasedDatabase } from './leased-database.ts';
import { Inventory } from './inventory.ts';
import { Maintenance } from './maintenance.ts';
import { workerOwner } from './names.ts';
import type { PostgresParts } from './parts.ts';
import { withReader } from './reader.ts';
import { Recycler } from './recycler.ts';
import { TestRole } from './test-role.ts';
import { Session } from './session.ts';
import { sweepDatabases } from './sweep.ts';
import { placeSchema } from './schema.ts';
import { type DatasetFunction, findTemplate, keyOf, type Recipe, type Template } from './template.ts';
import { WorkerDatabases } from './worker-databases.ts';

export interface PostgresWorkerOptions {
  readonly server: ServerConnection;
  /** The run's id, part of every name. */
  readonly run: string;
  readonly worker: number;
  /** The number of workers that the run's databases are divided among. */
  readonly workers: number;
  readonly parts: PostgresParts;
  readonly measure: DatabaseContext['measure'];
}

export interface DatabaseRequest extends Omit<Recipe, 'resettable'> {
  readonly isolation: Isolation;
  /** From where relative paths count, in `load` too; default the working directory. */
  readonly folder?: string;
  /** With `reset` and `rollback`: a database that is not shared with requests that say something else here. */
  readonly purpose?: string;
}

/** Where a database was kept, or why it was not. */
export type KeptDatabase = { readonly url: string } | { readonly because: string };

/** A database lent to a test. */
export interface Lease {
  readonly database: PostgresDatabase;
  /**
   * Ends the loan; with `keep`, keeps the database as it is, and returns its URL or why it was not kept. Its comment
   * says then what it is `of`, such as the title of a test.
   */
  end(options: { readonly keep: boolean; readonly of?: string }): Promise<KeptDatabase | undefined>;
}

/** The least a worker needs, whatever its share: its own database, a few snapshots, and one for a swap. */
const leastDatabases = 6;

/** One worker's share of a run's PostgreSQL. */
export class PostgresWorker implements AsyncDisposable {
  readonly #options: PostgresWorkerOptions;
  readonly #maintenance: Maintenance;
  readonly #inventory: Inventory;
  readonly #role: TestRole;
  readonly #templates = new OnceEach<Template>();
  readonly #pools = new Map<string, ClonePool>();
  readonly #workerDatabases: WorkerDatabases;
  readonly #originals = new OnceEach<DatabaseState>();
  #lastTemplate: Promise<unknown> = Promise.resolve();

  private constructor(options: PostgresWorkerOptions, maintenance: Maintenance, role: TestRole) {
    this.#options = options;
    this.#maintenance = maintenance;
    this.#role = role;
    this.#inventory = new Inventory(
      maintenance,
      Math.max(leastDatabases, Math.floor(options.server.maxDatabases / options.workers)),
      () => this.#emptyPools(),
    );
    this.#workerDatabases = new WorkerDatabases({
      inventory: this.#inventory,
      parts: options.parts,
      measure: options.measure,
      connection: (name) => this.#sessionOptions(name),
    });
  }

  /** Connects, and drops the databases of killed workers. */
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
   * Lends a pristine, seeded database. Costs less than a millisecond when a clone is ready; the first use of a recipe
   * creates its template. The scope `worker` records its cost as shared by tests.
   */
  async lease(wanted: DatabaseRequest, scope?: Scope): Promise<Lease> {
    const { server } = this.#options;
    const { database, end } = await onServer(server, () => this.#lend(wanted, scope));
    return {
      database,
      end: (options) =>
        onServer(server, async () => {
          const kept = await end(options);
          await this.#resetRole();
          return kept;
        }),
    };
  }

  /** Waits until clones are ready, so that the next lease costs what it usually costs. */
  async settle(wanted: DatabaseRequest): Promise<void> {
    await (await this.#poolFor(this.#recipeOf(wanted))).settle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#workerDatabases.close();
      for (const pool of this.#pools.values()) await pool.close();
      await this.#inventory.close();
    } finally {
      await this.#maintenance[Symbol.asyncDispose]();
    }
  }

  /** Sessions that began with the changed role go as well: those of ready clones, and spare ones. */
  async #resetRole(): Promise<void> {
    try {
      if (!(await this.#role.reset())) return;
      this.#emptyPools();
      await this.#workerDatabases.closeSpares();
    } catch (error) {
      // A broken server of the run's own takes the role with it, and is reported by the tests that need it.
      if (!this.#options.server.owned || !(error instanceof EnvironmentUnavailable)) throw error;
    }
  }

  async #lend(wanted: DatabaseRequest, scope?: Scope): Promise<Lease> {
    const { isolation, folder = process.cwd(), purpose = '' } = wanted;
    const start = performance.now();
    const clones = await this.#poolFor(this.#recipeOf(wanted));
    const lease =
      isolation === 'database'
        ? await this.#lendClone(clones, folder)
        : await this.#lendWorkerDatabase(clones, isolation, folder, purpose);
    this.#options.measure(
      'postgres.acquire',
      performance.now() - start,
      { isolation, template: clones.template.label },
      scope,
    );
    return lease;
  }

  /** What the database is made of, with absolute paths. */
  #recipeOf({ schema, dataset, isolation, folder = process.cwd() }: DatabaseRequest): Recipe {
    return {
      schema: placeSchema(schema, folder),
      dataset: placeDataset<DatasetFunction>(dataset, folder),
      resettable: isolation !== 'database' && this.#options.server.inPlaceReset,
    };
  }

  async #lendClone(clones: ClonePool, folder: string): Promise<Lease> {
    const clone = await clones.acquire();
    const { name, session } = clone;
    const leased = LeasedDatabase.ofTest(name, clones, this.#inventory, this.#options.parts);
    const database = this.#database(leased, session, 'database', folder);
    return {
      database,
      end: async ({ keep, of }) => {
        database.discardSnapshots();
        const ended = database.endActors();
        if (!keep) {
          if (leased.isReplaced) this.#inventory.discard(name, Promise.all([ended, session.close()]));
          else clones.takeBack(clone, ended);
          return undefined;
        }
        await Promise.all([ended, session.close()]);
        return this.#keep(name, of);
      },
    };
  }

  async #lendWorkerDatabase(
    clones: ClonePool,
    isolation: 'reset' | 'rollback',
    folder: string,
    purpose: string,
  ): Promise<Lease> {
    const open = await this.#workerDatabases.open(clones, isolation, purpose);
    const database = this.#database(open.leased, open.session, isolation, folder);
    return {
      database,
      end: async ({ keep, of }) => {
        database.discardSnapshots();
        await database.endActors();
        if (keep && isolation === 'reset') {
          // Playwright replaces the worker after a failure, so no later test uses this URL.
          await this.#workerDatabases.giveAway(open);
          return this.#keep(open.leased.name, of);
        }
        await this.#workerDatabases.end(open);
        return keep ? { because: "with isolation 'rollback' nothing of a test is ever committed" } : undefined;
      },
    };
  }

  async #keep(name: string, of: string | undefined): Promise<KeptDatabase> {
    const { server } = this.#maintenance;
    const { keep, label } = this.#options.parts.betweenTests;
    const kept = await keep(this.#inventory, name);
    if (kept === undefined) return { because: 'enough databases of this run are kept already' };
    if (of !== undefined) await label(this.#inventory, kept, of);
    return { url: connectionUrl(server, server.testRole, kept) };
  }

  #database(leased: LeasedDatabase, session: Session, isolation: Isolation, folder: string): PostgresDatabase {
    const { parts, measure } = this.#options;
    return new PostgresDatabase({
      leased,
      session,
      isolation,
      folder,
      parts,
      measure,
      inventory: this.#inventory,
      original: () => this.#originalOf(leased.clones),
    });
  }

  /** Read once per template, from a clone. */
  #originalOf(clones: ClonePool): Promise<DatabaseState> {
    return this.#originals.get(clones.template.name, async () => {
      const clone = await clones.acquire();
      try {
        const { server } = this.#maintenance;
        const { catalogueReading: reading } = this.#options.parts;
        const [definitions, holdings] = await Promise.all([
          withReader(server, clone.name, (client) => readMarked(client, reading)),
          withReader(server, clone.name, (client) => readHoldings(client, reading)),
        ]);
        return { ...definitions, ...holdings };
      } finally {
        clones.drop(clone);
      }
    });
  }

  async #poolFor(recipe: Recipe): Promise<ClonePool> {
    const template = await this.#templateFor(recipe);
    let pool = this.#pools.get(template.name);
    if (pool === undefined) {
      pool = new ClonePool(
        template,
        this.#inventory,
        (name, spare) =>
          Session.open(this.#sessionOptions(name), { spare, cleaning: this.#options.parts.betweenTests }),
        this.#options.parts.cloneChoice,
        this.#options.server.inPlaceReset ? new Recycler(this.#inventory, this.#options.parts.recycling) : undefined,
      );
      this.#pools.set(template.name, pool);
    }
    // Clones of other templates make room: a worker runs one file after the other, and seldom returns to a template.
    this.#emptyPools(pool);
    return pool;
  }

  #emptyPools(except?: ClonePool): void {
    for (const pool of this.#pools.values()) if (pool !== except) pool.empty();
  }

  /**
   * Cached by recipe, so that a second test does not read the files again. One is made after the other: each takes
   * several of the few connections, and has to find whether it was its schema that has altered the test role.
   */
  #templateFor(recipe: Recipe): Promise<Template> {
    const { run, parts, measure } = this.#options;
    return this.#templates.get(keyOf(recipe), () => {
      const template = this.#lastTemplate.then(async () => {
        const start = performance.now();
        const found = await findTemplate(this.#maintenance, run, recipe, parts, this.#role);
        measure('postgres.template', performance.now() - start, { template: found.label }, 'worker');
        return found;
      });
      this.#lastTemplate = template.catch(() => undefined);
      return template;
    });
  }

  #sessionOptions(database: string): pg.PoolConfig {
    const { server } = this.#maintenance;
    return { ...connectionOptions(server, server.testRole, database), max: 10 };
  }
}
