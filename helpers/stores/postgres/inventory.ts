import { EnvironmentUnavailable } from '../../lib/environment.ts';
import type { Maintenance } from './maintenance.ts';
import { keptDatabase, workerDatabase } from './names.ts';

/** How many databases of failed tests one run keeps. */
export const mostKept = 10;

/**
 * The databases that one worker has at a time, up to a limit. Clones are made one after the other, and dropped one
 * after the other in the background, so that no test waits for a drop.
 */
export class Inventory {
  readonly maintenance: Maintenance;
  readonly limit: number;
  readonly #makeRoom: () => void;
  readonly #names = new Set<string>();
  readonly #failures: unknown[] = [];
  #made = 0;
  #making: Promise<unknown> = Promise.resolve();
  #dropping: Promise<unknown> = Promise.resolve();

  /** @param makeRoom called at the limit, to drop clones that were made ahead. */
  constructor(maintenance: Maintenance, limit: number, makeRoom: () => void) {
    this.maintenance = maintenance;
    this.limit = limit;
    this.#makeRoom = makeRoom;
  }

  get count(): number {
    return this.#names.size;
  }

  /** A name that no database of this worker has had. */
  nextName(): string {
    return workerDatabase(this.maintenance.owner, ++this.#made);
  }

  /** Clones a template, without sessions. @throws Error when this worker has as many databases as it may have. */
  create(template: string): Promise<string> {
    const making = this.#making
      .catch(() => undefined)
      .then(async () => {
        if (this.#names.size >= this.limit) {
          this.#makeRoom();
          await this.#dropping;
        }
        if (this.#names.size >= this.limit)
          throw new Error(
            `This worker has ${this.#names.size} databases and may have no more: use fewer snapshots or --workers, or raise TEST_POSTGRES_MAX_DATABASES.`,
          );
        const name = this.nextName();
        this.#names.add(name);
        await this.maintenance.clone(template, name).catch((error: unknown) => {
          this.#names.delete(name);
          throw error;
        });
        return name;
      });
    this.#making = making;
    return making;
  }

  /** Drops a database in the background, after `before` has settled. A failure is reported by {@link close}. */
  discard(name: string, before: Promise<unknown> = Promise.resolve()): void {
    this.#names.add(name);
    this.#dropping = this.#dropping.then(async () => {
      await before.catch(this.#failed);
      await this.maintenance.drop(name).catch(this.#failed);
      this.#names.delete(name);
    });
  }

  /** Records that `fresh` has taken the place and name of `current`, and drops the old contents, now named `aside`. */
  replaced(current: string, fresh: string, aside: string): void {
    this.#names.delete(fresh);
    this.#names.add(current);
    this.discard(aside);
  }

  /** Records that a database has another name. */
  renamed(from: string, to: string): void {
    this.#names.delete(from);
    this.#names.add(to);
  }

  /**
   * Keeps a database beyond the test under the name of a kept database, which no longer counts against the limit.
   * Returns undefined, and drops the database, when the run has kept enough already.
   */
  async keep(name: string): Promise<string | undefined> {
    const run = this.maintenance.owner.replace(/_w\d+$/, '');
    if ((await this.maintenance.owned()).filter(({ owner, kept }) => kept && owner === run).length >= mostKept) {
      this.discard(name);
      return undefined;
    }
    const kept = keptDatabase(name);
    await this.maintenance.rename(name, kept);
    this.#names.delete(name);
    return kept;
  }

  readonly #failed = (error: unknown): void => {
    // A broken server of the run's own takes its databases with it, and is reported by the tests that need it.
    if (!this.maintenance.server.owned || !(error instanceof EnvironmentUnavailable)) this.#failures.push(error);
  };

  /** Drops all remaining databases. @throws the first failure of a drop, in the background or now. */
  async close(): Promise<void> {
    await this.#making.catch(() => undefined);
    await this.#dropping;
    // A server of the run's own ends with the run, and every database with it.
    if (!this.maintenance.server.owned) for (const name of this.#names) this.discard(name);
    await this.#dropping;
    if (this.#failures.length > 0) throw this.#failures[0];
  }
}
