import { setTimeout as delay } from 'node:timers/promises';
import type { Inventory } from './inventory.ts';
import type { LastingConnection } from './lasting-connection.ts';
import type { Recycler, Reusable } from './recycler.ts';
import type { Original } from './recycling.ts';
import type { Session } from './session.ts';
import type { Template } from './template.ts';

/** A pristine database with an open connection. */
export interface Clone {
  readonly name: string;
  readonly session: Session;
  /** Undefined where clones are not used again. */
  readonly reusable?: Reusable | undefined;
}

/** Chooses one of the ready clones and removes it from them. */
export interface CloneChoice {
  take(ready: Clone[]): Clone | undefined;
}

/**
 * Takes the newest clone: its server process answers the first query a third sooner than one that has waited, whose
 * memory has left the processor's caches and which must catch up with changes in other databases.
 */
export const cloneChoice: CloneChoice = { take: (ready) => ready.pop() };

/** Milliseconds until the next clone is made, so that it does not compete with the first steps of the test. */
const pause = 20;

/** How many clones of a template are kept ready. More helps only tests that are shorter than the making of a clone. */
const mostReady = 4;
/** How many where those of earlier tests come back: one for the next test, and one for the time until then. */
const mostAhead = 2;
/** Bytes that the waiting clones of one template may take: large clones are made when needed, not ahead. */
const roomReady = 256 * 1024 * 1024;

/** Bytes of the largest template whose clones are used again: rows are counted once to know what it contains. */
const largestRecycled = 64 * 1024 * 1024;

type OpenSession = (name: string, spare?: LastingConnection) => Promise<Session>;

/**
 * Clones of one template, made ahead of the tests that will need them. Each is handed out once, and again where it can
 * be made pristine.
 */
export class ClonePool {
  readonly template: Template;
  readonly #inventory: Inventory;
  readonly #open: OpenSession;
  readonly #choice: CloneChoice;
  readonly #recycler: Recycler | undefined;
  /** What the template contains, once it was looked at; undefined in it where clones cannot be used again. */
  #original: Promise<Original | undefined> | undefined;
  /** Whether a clone was ever given back, so that it is worth it. */
  #isTakenBack = false;
  /** Whether the last one that was given back could be used again. */
  #comesBack = false;
  readonly #returning = new Set<Promise<void>>();
  readonly #ready: Clone[] = [];
  #firstQueries: string | undefined;
  #filling: Promise<void> | undefined;
  #handedOut = 0;
  /** How often the pool was emptied: a clone whose making began before the last time is dropped. */
  #emptied = 0;
  #isAsked = false;
  #closed = false;

  /** @param recycler where clones may be used again. */
  constructor(template: Template, inventory: Inventory, open: OpenSession, choice: CloneChoice, recycler?: Recycler) {
    this.template = template;
    this.#inventory = inventory;
    this.#open = open;
    this.#choice = choice;
    this.#recycler = recycler;
  }

  /** Hands out a new clone. Costs nothing when one is ready, otherwise as much as making one. */
  async acquire(): Promise<Clone> {
    const clone = this.#choice.take(this.#ready) ?? (await this.#make());
    this.#handedOut++;
    this.#fill();
    return clone;
  }

  /**
   * Takes back a clone that a test has used, in the background: for another test where it is pristine again, otherwise
   * to drop it.
   * @param ended when the test's other sessions have ended.
   */
  takeBack(clone: Clone, ended: Promise<unknown>): void {
    this.#isTakenBack = true;
    const returning = this.#takeBack(clone, ended).finally(() => this.#returning.delete(returning));
    this.#returning.add(returning);
  }

  /** Drops a clone that is not used any more, in the background. */
  drop({ name, session, reusable }: Clone): void {
    this.#inventory.discard(name, Promise.all([session.close(), reusable?.admin?.end()]));
  }

  /** Waits until the pool is full. */
  async settle(): Promise<void> {
    this.#fill();
    await this.#filling;
    await Promise.all(this.#returning);
  }

  /** Drops the clones that are ready or being made; the next {@link acquire} fills the pool again. */
  empty(): void {
    this.#emptied++;
    this.#isAsked = false;
    for (const clone of this.#ready.splice(0)) this.drop(clone);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#filling;
    await Promise.all(this.#returning);
    this.empty();
  }

  /** At most as many as were handed out so far: a template that a single test uses is not worth four clones. */
  get #depth(): number {
    return Math.max(1, Math.min(mostReady, this.#handedOut, Math.floor(roomReady / this.template.bytes)));
  }

  /** How many are made ahead: fewer where the last one that came back could be used again. */
  get #ahead(): number {
    return this.#comesBack ? Math.min(this.#depth, mostAhead) : this.#depth;
  }

  /** Fills the pool in the background. If that fails, the next acquire makes its own clone and reports the failure. */
  #fill(): void {
    this.#isAsked = true;
    this.#filling ??= this.#makeAhead()
      .catch(() => undefined)
      .finally(() => {
        this.#filling = undefined;
      });
  }

  async #makeAhead(): Promise<void> {
    await delay(pause);
    while (
      this.#isAsked &&
      !this.#closed &&
      this.#ready.length < this.#ahead &&
      this.#inventory.count < this.#inventory.limit / 2
    ) {
      const emptied = this.#emptied;
      const clone = await this.#make();
      try {
        this.#firstQueries = await clone.session.preload(this.#firstQueries);
        await this.#learn(clone);
        if (emptied === this.#emptied) this.#ready.push(clone);
        else this.drop(clone);
      } catch (error) {
        this.drop(clone);
        throw error;
      }
    }
  }

  /** A template that is used a second time will be used again. */
  async #learn({ name, reusable }: Clone): Promise<void> {
    if (!this.#isTakenBack || reusable === undefined || this.template.bytes > largestRecycled) return;
    await (this.#original ??= this.#recycler!.learn(name));
  }

  async #takeBack(clone: Clone, ended: Promise<unknown>): Promise<void> {
    const emptied = this.#emptied;
    // Where that fails the database is dropped, and what is wrong with the server shows then.
    const renewed = await this.#renew(clone, ended).catch(() => undefined);
    this.#comesBack = renewed !== undefined;
    if (renewed === undefined) return this.#inventory.discard(clone.name, clone.session.close());
    const isWanted = emptied === this.#emptied && !this.#closed && this.#ready.length < this.#depth;
    if (isWanted) this.#ready.push(renewed);
    else this.drop(renewed);
  }

  async #renew({ name, session, reusable }: Clone, ended: Promise<unknown>): Promise<Clone | undefined> {
    await ended;
    const original = await this.#original;
    if (reusable === undefined || original === undefined) return undefined;
    const spare = original.mayInventSettings ? undefined : await session.retire();
    await session.close();
    const renewed = await this.#recycler!.renew(name, reusable, original, spare === undefined ? [] : [spare.process]);
    if (renewed !== undefined) return { ...renewed, session: await this.#open(renewed.name, spare) };
    await spare?.close();
    return undefined;
  }

  async #make(): Promise<Clone> {
    const name = await this.#inventory.create(this.template.name);
    try {
      return { name, session: await this.#open(name), reusable: await this.#recycler?.mark(name) };
    } catch (error) {
      this.#inventory.discard(name);
      throw error;
    }
  }
}
