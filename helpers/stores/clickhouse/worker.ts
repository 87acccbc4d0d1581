import { OnceEach } from '../../lib/once.ts';
import { placeDataset } from '../datasets/index.ts';
import { Administrator, type ClickHouseConnection, connect, type TestRole } from './connection.ts';
import { ClickHouseDatabase, type DatabaseContext } from './database.ts';
import type { ClickHouseParts } from './parts.ts';
import { Restorer } from './restorer.ts';
import { Snapshots } from './snapshots.ts';
import { placeTables } from './tables.ts';
import { findTemplate, type InsertFunction, type Recipe, type Template } from './template.ts';
import { type Workload, WorkloadMeter } from './workload.ts';

export interface ClickHouseWorkerOptions {
  readonly server: ClickHouseConnection;
  /** This worker's place among those that run at the same time, from 0. */
  readonly slot: number;
  readonly parts: ClickHouseParts;
  readonly measure: DatabaseContext['measure'];
  /** Whether clients stay connected after a test: then the next one resets what they have still written. */
  readonly outlived?: boolean;
}

export interface DatabaseRequest extends Recipe {
  /** From where relative paths count; default the working directory. */
  readonly folder?: string;
}

/** A database lent to a test. */
export interface Lease {
  readonly database: ClickHouseDatabase;
  /** Ends the loan and starts the reset for the next test in the background. Returns the test's cost on the server. */
  end(): Promise<Workload>;
}

/** One worker's share of a run's ClickHouse: one database and one test role for all its tests, and its templates. */
export class ClickHouseWorker implements AsyncDisposable {
  readonly #options: ClickHouseWorkerOptions;
  readonly #admin: Administrator;
  readonly #testRole: TestRole;
  readonly #meter: WorkloadMeter;
  readonly #restorer: Restorer;
  readonly #templates = new OnceEach<Template>();
  /** Whether a reset would miss changes, of a previous worker or by `SYSTEM …`, that the catalogue does not show. */
  #isSuspect = true;
  #prepared: { readonly template: Template; readonly done: Promise<void> } | undefined;

  constructor(options: ClickHouseWorkerOptions) {
    this.#options = options;
    this.#admin = new Administrator(options.server);
    this.#testRole = options.parts.rolePolicy.choose(options.server.testRoles, options.slot);
    this.#meter = new WorkloadMeter(this.#admin, this.#testRole.user);
    this.#restorer = new Restorer(this.#admin, this.#testRole, options.parts);
  }

  /**
   * Lends this worker's database, pristine and seeded. Costs a millisecond when the last test used the same recipe and
   * ended a few milliseconds ago; the first use of a recipe creates its template.
   */
  async lease({ folder = process.cwd(), ...wanted }: DatabaseRequest): Promise<Lease> {
    const { server, parts, measure } = this.#options;
    const recipe = {
      tables: placeTables(wanted.tables, folder),
      dataset: placeDataset<InsertFunction>(wanted.dataset, folder),
    };
    const start = performance.now();
    const template = await this.#templateFor(recipe);
    await this.#prepare(template);
    await this.#meter.begin();
    this.#prepared = undefined;
    measure('clickhouse.acquire', performance.now() - start, { template: template.label });

    const client = connect(server.url, this.#testRole, this.#testRole.database);
    const snapshots = new Snapshots(this.#admin, parts.planner, parts.snapshotStore);
    const database = new ClickHouseDatabase({
      url: server.url,
      testRole: this.#testRole,
      admin: this.#admin,
      client,
      snapshots,
      template,
      restorer: this.#restorer,
      parts,
      measure,
    });
    return {
      database,
      end: async () => {
        await client.close();
        const workload = await this.#meter.read();
        this.#isSuspect ||= workload.systemQueries > 0;
        if (this.#options.outlived === true) await snapshots.discard();
        else void this.#prepare(template, () => snapshots.discard()).catch(() => undefined); // the next lease retries
        return workload;
      },
    };
  }

  /** Waits until the reset has ended, so that the next lease costs what it costs after a longer test. */
  async settle(): Promise<void> {
    await this.#prepared?.done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#prepared?.done.catch(() => undefined);
    } finally {
      await this.#admin[Symbol.asyncDispose]();
    }
  }

  /** Makes the worker's database equal to a template, after any reset that is under way. */
  #prepare(template: Template, first: () => Promise<void> = async () => {}): Promise<void> {
    const before = this.#prepared;
    if (before?.template === template) return before.done;
    const done = (before?.done ?? Promise.resolve())
      .catch(() => undefined)
      .then(async () => {
        const start = performance.now();
        await first();
        if (this.#isSuspect) await this.#restorer.drop();
        this.#isSuspect = false;
        await this.#restorer.restore(template, { checked: true });
        this.#options.measure('clickhouse.reset', performance.now() - start, {}, 'worker');
      });
    const prepared = { template, done };
    this.#prepared = prepared;
    done.catch(() => {
      if (this.#prepared === prepared) this.#prepared = undefined;
    });
    return done;
  }

  /** Cached by recipe, so that a second test does not read the files again. */
  #templateFor(recipe: Recipe): Promise<Template> {
    const { server, parts, measure } = this.#options;
    return this.#templates.get(keyOf(recipe), async () => {
      const start = performance.now();
      const template = await findTemplate(this.#admin, server, this.#testRole, recipe, parts);
      measure('clickhouse.template', performance.now() - start, { template: template.label }, 'worker');
      return template;
    });
  }
}

/** Equal for recipes that create equal databases. Functions are compared by their source text, as in template names. */
function keyOf({ tables, dataset }: Recipe): string {
  return JSON.stringify([
    typeof tables === 'object' && 'create' in tables ? [tables.name, tables.create.toString()] : tables,
    typeof dataset === 'object' && 'insert' in dataset && typeof dataset.insert === 'function'
      ? [dataset.name, String(dataset.insert)]
      : dataset,
  ]);
}
