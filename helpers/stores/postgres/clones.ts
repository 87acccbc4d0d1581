import { setTimeout as delay } from 'node:timers/promises';
import type { Inventory } from './inventory.ts';
import type { Session } from './session.ts';
import type { Template } from './template.ts';

/** A pristine database with an open connection. */
export interface Clone {
  readonly name: string;
  readonly session: Session;
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
/** Bytes that the waiting clones of one template may take: large clones are made when needed, not ahead. */
const roomReady = 256 * 1024 * 1024;

/** Clones of one template, made ahead of the tests that will need them. Each is handed out once. */
export class ClonePool {
  readonly template: Template;
  readonly #inventory: Inventory;
  readonly #open: (name: string) => Promise<Session>;
  readonly #choice: CloneChoice;
  readonly #ready: Clone[] = [];
  #firstQueries: string | undefined;
  #filling: Promise<void> | undefined;
  #handedOut = 0;
  /** How often the pool was emptied: a clone whose making began before the last time is dropped. */
  #emptied = 0;
  #isAsked = false;
  #closed = false;

  constructor(template: Template, inventory: Inventory, open: (name: string) => Promise<Session>, choice: CloneChoice) {
    this.template = template;
    this.#inventory = inventory;
    this.#open = open;
    this.#choice = choice;
  }

  /** Hands out a new clone. Costs nothing when one is ready, otherwise as much as making one. */
  async acquire(): Promise<Clone> {
    const clone = this.#choice.take(this.#ready) ?? (await this.#make());
    this.#handedOut++;
    this.#fill();
    return clone;
  }

  /** Waits until the pool is full. */
  async settle(): Promise<void> {
    this.#fill();
    await this.#filling;
  }

  /** Drops the clones that are ready or being made; the next {@link acquire} fills the pool again. */
  empty(): void {
    this.#emptied++;
    this.#isAsked = false;
    for (const clone of this.#ready.splice(0)) this.#discard(clone);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#filling;
    this.empty();
  }

  /** At most as many as were handed out so far: a template that a single test uses is not worth four clones. */
  get #depth(): number {
    return Math.max(1, Math.min(mostReady, this.#handedOut, Math.floor(roomReady / this.template.bytes)));
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
      this.#ready.length < this.#depth &&
      this.#inventory.count < this.#inventory.limit / 2
    ) {
      const emptied = this.#emptied;
      const clone = await this.#make();
      try {
        this.#firstQueries = await clone.session.preload(this.#firstQueries);
        if (emptied === this.#emptied) this.#ready.push(clone);
        else this.#discard(clone);
      } catch (error) {
        this.#discard(clone);
        throw error;
      }
    }
  }

  async #make(): Promise<Clone> {
    const name = await this.#inventory.create(this.template.name);
    try {
      return { name, session: await this.#open(name) };
    } catch (error) {
      this.#inventory.discard(name);
      throw error;
    }
  }

  #discard({ name, session }: Clone): void {
    this.#inventory.discard(name, session.close());
  }
}
