import { type Activity, endActivity, type Observer } from './activity.ts';
import type { Catalogue } from './catalogue.ts';
import { type Administrator, forSmallTables, quoted, type TestRole } from './connection.ts';
import { type Contents, contentsOfRows, hasParts, type PartRow, selectParts } from './contents.ts';
import { carryOut, mirror, type Planner } from './mirror.ts';

/** What a database is made equal to: a template, or a snapshot. Each is an object of its own, whatever its name. */
export interface Source {
  readonly name: string;
}

/** Rounds of putting rows back, because parts merge meanwhile. */
const mostRounds = 3;

/**
 * Makes one test role's database equal to its sources, again and again. It remembers the definitions, so that after
 * SELECT and INSERT alone, as the server counts them, only parts are compared.
 */
export class Restorer {
  readonly #admin: Administrator;
  readonly #testRole: TestRole;
  readonly #planner: Planner;
  readonly #observer: Observer;
  readonly #sources = new WeakMap<Source, Catalogue>();
  /** The database's catalogue, and how many other statements had begun before it was read. */
  #known: { readonly catalogue: Catalogue; readonly otherStatements: number } | undefined;

  constructor(
    admin: Administrator,
    testRole: TestRole,
    { planner, observer }: { readonly planner: Planner; readonly observer: Observer },
  ) {
    this.#admin = admin;
    this.#testRole = testRole;
    this.#planner = planner;
    this.#observer = observer;
  }

  /**
   * Ends the test role's queries, and makes the database equal to a source.
   * @param checked compares again what was put back, also where the server itself vouches for it.
   */
  async restore(source: Source, { checked = false }: { readonly checked?: boolean } = {}): Promise<void> {
    const activity = await this.#observer.observe(this.#admin, this.#testRole);
    if (await this.#restoreRows(source, activity, checked)) return;
    this.#known = undefined;
    await endActivity(this.#admin, this.#testRole, activity);
    const [from, catalogue] = await mirror(this.#admin, this.#planner, source.name, this.#testRole.database);
    this.#sources.set(source, from);
    this.#known = { catalogue, otherStatements: activity.otherStatements };
  }

  /** Drops the database: the next restore creates it. */
  async drop(): Promise<void> {
    this.#known = undefined;
    await endActivity(this.#admin, this.#testRole, await this.#observer.observe(this.#admin, this.#testRole));
    await this.#admin.run(`DROP DATABASE IF EXISTS ${quoted(this.#testRole.database)} SYNC`);
  }

  /**
   * Puts rows back, when nothing else can have changed. REPLACE PARTITION leaves exactly the source's parts, or fails.
   * @returns whether the database is equal to the source.
   */
  async #restoreRows(source: Source, activity: Activity, checked: boolean): Promise<boolean> {
    const known = this.#known;
    let from = this.#sources.get(source);
    if (from === undefined || known === undefined || activity.otherStatements !== known.otherStatements) return false;
    if (activity.isRunning || activity.isWaiting) return false;
    if (![from, known.catalogue].every(isOnlyInParts)) return false;
    const { database } = this.#testRole;
    let { contents } = activity;
    for (let round = 1; round <= mostRounds; round++) {
      const plan = this.#planner.plan(from, withContents(known.catalogue, contents));
      if (plan.drop.length + plan.clone.length + plan.define.length > 0) return false;
      if (plan.refill.length === 0) return true;
      await carryOut(this.#admin, plan, source.name, database);
      if (!checked) return true;
      const rows = await this.#admin.rows<PartRow>(selectParts([source.name, database]), forSmallTables);
      contents = contentsOfRows(database, rows);
      from = withContents(from, contentsOfRows(source.name, rows)); // whose parts merge, too
      this.#sources.set(source, from);
    }
    return false;
  }
}

/** Whether SELECT and INSERT can change nothing in this database but parts. */
function isOnlyInParts(catalogue: Catalogue): boolean {
  return [...catalogue.values()].every(
    ({ engine, definition }) =>
      hasParts(engine) ||
      ['View', 'Null'].includes(engine) ||
      (engine === 'MaterializedView' && !/ REFRESH (EVERY|AFTER) /.test(definition)),
  );
}

function withContents(catalogue: Catalogue, contents: Contents): Catalogue {
  return new Map(
    [...catalogue].map(([name, object]) => [
      name,
      { ...object, content: contents.get(object.physicalName) ?? new Map<string, string>() },
    ]),
  );
}
