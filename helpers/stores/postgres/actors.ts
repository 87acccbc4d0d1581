import type pg from 'pg';
import { fileDataset, type RowsSource } from '../datasets/index.ts';
import { OnceEach } from '../../lib/once.ts';
import { inTransaction } from '../../lib/pg.ts';
import { type ActingSettings, type Actor, adminActor, roleActor } from './actor.ts';
import { connectionOptions, type Credentials } from './connection.ts';
import type { Isolation } from './isolation.ts';
import type { Inventory } from './inventory.ts';
import { loadRows } from './load-files.ts';
import type { PostgresParts } from './parts.ts';
import { Session } from './session.ts';
import { actInTransaction } from './transaction/index.ts';

interface ActorsContext {
  readonly session: Session;
  readonly isolation: Isolation;
  /** From where a relative path in `load` counts. */
  readonly folder: string;
  readonly inventory: Inventory;
  readonly parts: PostgresParts;
}

/** The administrator and the roles that a test queries its database as, and their sessions. */
export class Actors {
  readonly #database: string;
  readonly #context: ActorsContext;
  /** Opened by the first query, and again after {@link end}. */
  readonly #sessions = new OnceEach<Session>();

  constructor(database: string, context: ActorsContext) {
    this.#database = database;
    this.#context = context;
  }

  admin(): Actor {
    const { inventory, isolation, folder, parts } = this.#context;
    const session = async (): Promise<Session> => {
      if (isolation === 'rollback')
        throw new Error(
          "postgres.admin has a session of its own, which neither sees what a test with isolation 'rollback' has " +
            "written nor is undone with it: use isolation 'database' or 'reset'.",
        );
      const { credentials, options } = parts.acting.administrator(inventory.maintenance.server);
      return this.#session('admin', credentials, options);
    };
    return adminActor(
      async () => (await session()).pool,
      { ...parts, folder },
      async (work) => inTransaction((await session()).pool, work),
    );
  }

  as(role: string, settings: ActingSettings): Actor {
    const { isolation, session, inventory, folder } = this.#context;
    const parts = { ...this.#context.parts, folder };
    if (isolation === 'rollback')
      return roleActor(role, settings, parts, (work) =>
        actInTransaction(session, ['role', ...Object.keys(settings)], parts.acting.leave, work),
      );
    // Once a session has had a setting, PostgreSQL says '' instead of NULL, so those with others have another session.
    const key = JSON.stringify([role, settings]);
    const { testRole } = inventory.maintenance.server;
    return roleActor(role, settings, parts, async (work) =>
      inTransaction((await this.#session(key, testRole)).pool, work),
    );
  }

  /** Loads rows as the test role. */
  load(rows: RowsSource): Promise<void> {
    const { isolation, session, parts, folder } = this.#context;
    const work = (client: pg.ClientBase): Promise<void> => loadRows(client, fileDataset(rows, folder), parts);
    return isolation === 'rollback'
      ? actInTransaction(session, [], () => 'SELECT 1', work)
      : inTransaction(session.pool, work);
  }

  /** Ends all sessions. */
  async end(): Promise<void> {
    const sessions = await this.#sessions.values();
    this.#sessions.clear();
    await Promise.all(sessions.map((session) => session.close()));
  }

  #session(key: string, credentials: Credentials, options?: string): Promise<Session> {
    const { server } = this.#context.inventory.maintenance;
    const all = { ...connectionOptions(server, credentials, this.#database), max: 10 };
    return this.#sessions.get(key, () => Session.open(options === undefined ? all : { ...all, options }));
  }
}
