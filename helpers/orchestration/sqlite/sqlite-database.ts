import Database from 'libsql';
import { StoreError } from '../store-error.ts';

type Value = string | number | null;
type Statement = ReturnType<Database.Database['prepare']>;

/** How long a transaction waits for that of another process, in milliseconds. */
const patience = 5_000;

/** A connection to the file of a store. Everything in it is synchronous, so no two transactions of a process meet. */
export class StoreFile {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Statement>();
  #hasWritten = false;

  /** Makes the file, when there is none. */
  constructor(file: string) {
    this.#database = new Database(file, { timeout: patience });
    this.#database.exec('PRAGMA journal_mode = WAL');
    // A commit outlives this process; a loss of power may undo the last ones, which FULL would prevent.
    this.#database.exec('PRAGMA synchronous = NORMAL');
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  /** Always reads to the end: a statement that is not would keep its snapshot. */
  rows<Row>(sql: string, ...values: Value[]): Row[] {
    return this.#statement(sql).all(values) as Row[];
  }

  /** Returns how many rows have changed. */
  run(sql: string, ...values: Value[]): number {
    this.#hasWritten = true;
    return this.#statement(sql).run(values).changes;
  }

  /** Does `work` as one transaction, told the time. One that reads alone leaves no trace. */
  async transaction<T>(operation: string, work: (now: number) => T): Promise<T> {
    try {
      // Locks at once: of two that read first and write then, one would fail.
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        this.#hasWritten = false;
        const now = this.#now();
        const result = work(now);
        if (this.#hasWritten) this.run('UPDATE clock SET latest = ?', now);
        this.#database.exec('COMMIT');
        return result;
      } catch (error) {
        this.#database.exec('ROLLBACK');
        throw error;
      }
    } catch (error) {
      throw storeErrorOf(operation, error as Error);
    }
  }

  close(): void {
    if (this.#database.open) this.#database.close();
  }

  #now(): number {
    const sql = 'SELECT max(latest + 0.001, ? + ahead) AS now FROM clock';
    return this.rows<{ now: number }>(sql, Date.now())[0]!.now;
  }

  #statement(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** States of SQLite in which the same call may succeed later. */
const passing = /^SQLITE_(BUSY|LOCKED|PROTOCOL|FULL|NOMEM|INTERRUPT|IOERR)/;

function storeErrorOf(operation: string, error: Error & { code?: unknown }): StoreError {
  if (error instanceof StoreError) return error;
  return new StoreError(operation, error.message, passing.test(String(error.code)), { cause: error });
}
