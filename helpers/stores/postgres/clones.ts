import { setTimeout as delay } from 'node:timers/promises';
import type { Inventory } from './inventory.ts';
import type { Session } from './session.ts';
import type { Template } from './template.ts';

/** A pristine database with an open connection. */
export interface Clone {
  readonly name: string;
  readonly session: Session;
}

/** Chooses among the clones that are ready, and takes the chosen one out. */
export interface CloneChoice {
  take(ready: Clone[]): Clone | undefined;
}

/**
 * The newest: its server process has just worked, and answers the first query a third sooner than one that has waited
 * (its memory has left the processor's caches, and what other databases changed meanwhile is to be caught up with).
 */
export const cloneChoice: CloneChoice = { take: (ready) => ready.pop() };

/** Milliseconds until the next clone is made, so that it does not compete with the first steps of who took the last. */
const pause = 20;

/** How many clones of a template are kept ready. More only helps tests that are shorter than a clone takes. */
const mostReady = 4;
/** Bytes that clones of one template may take while they wait. Large ones are made later rather than all at once. */
const roomReady = 256 * 1024 * 1024;

/** Clones of one template, made ahead of the tests that will need them; each is handed out once. */
export class ClonePool {
  readonly template: Template;
  readonly #inventory: Inventory;
  readonly #open: (name: string) => Promise<Session>;
  readonly #choice: CloneChoice;
  readonly #ready: Clone[] = [];
  #firstQueries: string | undefined;
  #filling: Promise<void> | undefined;
  #handedOut = 0;
  /** How often it was emptied: what was begun before is not wanted after. */
  #emptied = 0;
  #isAsked = false;
  #closed = false;

  constructor(template: Template, inventory: Inventory, open: (name: string) => Promise<Session>, choice: CloneChoice) {
    this.template = template;
    this.#inventory = inventory;
    this.#open = open;
    this.#choice = choice;
  }

  /** A clone that nobody has had. Costs nothing when one is ready, else as much as making one. */
  async acquire(): Promise<Clone> {
    const clone = this.#choice.take(this.#ready) ?? (await this.#make());
    this.#handedOut++;
    this.#fill();
    return clone;
  }

  /** Waits until as many clones are ready as ever will be. */
  async settle(): Promise<void> {
    this.#fill();
    await this.#filling;
  }

  /**
   * Drops the clones that are ready or being made, so that others may be made; the pool goes on when it is next asked.
   */
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

  /** As many as were asked for before: a template that one test uses is not worth four copies. */
  get #depth(): number {
    return Math.max(1, Math.min(mostReady, this.#handedOut, Math.floor(roomReady / this.template.bytes)));
  }

  /** Fills up in the background. A failure is not lost: the next acquire makes its own clone and meets it. */
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
