import pg from 'pg';
import { poll } from '../../../lib/wait.ts';

/** A client that knows whether it is at work. */
export interface Watchable {
  /** How many statements it was given. */
  readonly given: number;
  readonly isWorking: boolean;
}

type Release = pg.PoolClient['release'];
type Callback = (error: Error | undefined, client: pg.PoolClient | undefined, release: Release) => void;

/** Looks at the one connection, in ms apart, that find it unused before a second one is refused. */
const looks = 5;
const pause = 40;

/**
 * A pool of one connection. A wish for a second one waits while the first is at work, and is refused when that is held
 * unused, since then its holder most likely waits for the second.
 */
export class SingleConnection extends pg.Pool {
  #holder: Watchable | undefined;

  constructor(options: pg.PoolConfig) {
    super({ ...options, max: 1 });
    this.on('connect', (client) => (this.#holder = client as unknown as Watchable));
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<pg.PoolClient> | void {
    const isTaken = this.#holder !== undefined && this.totalCount > 0 && this.idleCount === 0;
    const client = isTaken ? this.#whenFree(this.#holder!) : super.connect();
    if (callback === undefined) return client;
    void client.then(
      (free) => callback(undefined, free, free.release.bind(free)),
      (error: Error) => callback(error, undefined, () => undefined),
    );
  }

  async #whenFree(holder: Watchable): Promise<pg.PoolClient> {
    const free = super.connect();
    let isFree = false;
    const answered = free
      .catch(() => undefined)
      .then(() => {
        isFree = true;
        return false;
      });
    if (await Promise.race([answered, isHeldUnused(holder, () => isFree)])) {
      void free.then((client) => client.release()).catch(() => undefined);
      throw new Error(
        "A second connection is needed while the first is held: with isolation 'rollback' a test has one, because it is " +
          "one transaction. Release the client first, pass it on, or use isolation 'database' or 'reset'.",
      );
    }
    return free;
  }
}

/** Whether a client does nothing at all in several turns of the event loop, so that its holder had its chance. */
async function isHeldUnused(holder: Watchable, isFree: () => boolean): Promise<boolean> {
  let [given, unused] = [holder.given, 0];
  const look = (): number => {
    unused = holder.isWorking || holder.given !== given ? 0 : unused + 1;
    given = holder.given;
    return unused;
  };
  await poll(look, (count) => isFree() || count >= looks, { timeout: Infinity, interval: pause });
  return !isFree();
}
