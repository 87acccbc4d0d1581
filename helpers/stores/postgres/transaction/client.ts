import pg from 'pg';
import { splitStatements } from '../sql.ts';
import { isPrepared, outsideTransaction, resultOf, textOf, withText } from './calls.ts';
import type { TransactionRules } from './rules.ts';
import type { Watchable } from './single-connection.ts';
import {
  type Control,
  controlOf,
  explained,
  type Level,
  levels,
  localSettings,
  type Modes,
  needsTransaction,
  tooLateFor,
} from './statements.ts';

export const begin = '/* proving-ground */ BEGIN';
const savepoint = 'proving_ground';
const reading = 'proving_ground_reading';
const keep = `RELEASE SAVEPOINT ${savepoint}`;
const undo = `ROLLBACK TO SAVEPOINT ${savepoint}; ${keep}`;

// Entered by one string. What the session says of new transactions holds for what stands for one, too.
const enter = `SAVEPOINT ${savepoint};
  SELECT pg_catalog.current_setting('transaction_isolation') AS level,
    pg_catalog.current_setting('default_transaction_isolation') AS usual,
    pg_catalog.current_setting('default_transaction_read_only')::bool AS "readOnly",
    pg_catalog.pg_current_xact_id_if_assigned() IS NOT NULL AS written,
    EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE condeferrable) AS "mayDefer"`;

interface Surroundings {
  readonly level: Level;
  readonly usual: Level;
  readonly readOnly: boolean;
  /** Whether the whole transaction has written. */
  readonly written: boolean;
  /** Whether there are constraints that may be checked at the end of a transaction. */
  readonly mayDefer: boolean;
}

type Query = (...parameters: unknown[]) => Promise<unknown>;

interface Step {
  readonly text: string;
  readonly control?: Control | undefined;
  readonly parameters: unknown[];
}

/** Replaces the beginning and end of a transaction by savepoints. */
export class TransactionalClient extends pg.Client implements Watchable {
  given = 0;
  readonly #rules: TransactionRules;
  #open = false;
  /** Inside of what stands for a transaction: its modes. */
  #nested: Modes | undefined;
  /** Something was written that is not undone yet, or may have been. */
  #hasWritten = false;
  /** Something was kept of which the server has not been asked whether it was written. */
  #isUndecided = false;
  /** The savepoint of what was kept last is still there: it is released with the next one's beginning. */
  #isUnreleased = false;
  #isReadOnly = false;
  /** There may be constraints that COMMIT has to check. */
  #mayDefer = true;
  /** No statement was run in it yet. */
  #isFresh = false;
  /** Settings that end with it, and what they were before. */
  readonly #local = new Map<string, string>();
  #working = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #release: () => void = () => undefined;

  constructor(options: pg.ClientConfig | undefined, rules: TransactionRules) {
    super(options);
    this.#rules = rules;
  }

  /** The pool would close a connection on which a statement has failed, and with it the transaction. */
  set release(release: () => void) {
    this.#release = () => release();
  }

  get release(): () => void {
    return this.#release;
  }

  get isWorking(): boolean {
    return this.#working > 0 || (this as { readyForQuery?: boolean }).readyForQuery === false;
  }

  get isNested(): boolean {
    return this.#nested !== undefined;
  }

  /** Runs a statement unchanged. */
  direct(...parameters: unknown[]): Promise<unknown> {
    return (super.query as unknown as Query).apply(this, parameters);
  }

  /** Runs `work` within a savepoint that undoes whatever it does. */
  async undone<T>(settings: string, work: () => Promise<T>): Promise<T> {
    if (this.#isUnreleased) await this.direct(keep); // else the next statement would release this one with it
    this.#isUnreleased = false;
    await this.direct(`SAVEPOINT ${reading}; ${settings}`);
    try {
      return await work();
    } finally {
      this.#isUnreleased = false;
      await this.direct(`ROLLBACK TO SAVEPOINT ${reading}; RELEASE SAVEPOINT ${reading}`);
    }
  }

  override query(...parameters: unknown[]): never {
    this.given++;
    // A cursor or a COPY stream is its own result, and cannot wait for a savepoint.
    if (typeof (parameters[0] as { submit?: unknown } | undefined)?.submit === 'function') {
      this.#hasWritten = true;
      this.#mayDefer = true;
      return this.direct(...parameters) as never;
    }
    const callback =
      typeof parameters.at(-1) === 'function'
        ? (parameters.pop() as (error: unknown, result?: unknown) => void)
        : undefined;
    this.#working++;
    const result = this.#queue
      .then(() => this.#translated(textOf(parameters[0]), parameters))
      .finally(() => this.#working--);
    this.#queue = result.catch(() => undefined);
    if (callback === undefined) return result as never;
    result.then((value) => callback(null, value), callback);
    return undefined as never;
  }

  async #translated(text: string, parameters: unknown[]): Promise<unknown> {
    if (text === begin) {
      this.#open = true;
      this.#nested = undefined;
      this.#hasWritten = false;
      this.#isUndecided = false;
      this.#isUnreleased = false;
      this.#local.clear();
      return this.direct('BEGIN READ WRITE');
    }
    if (!this.#open)
      throw new Error("The session that this test's transaction was in has ended, and what was in it is gone.");
    const statements = splitStatements(text).map((statement) => statement.text);
    const obstacle = statements.map((statement) => this.#rules.obstacleTo(statement)).find((reason) => reason);
    if (obstacle !== undefined) throw new Error(obstacle);
    // Prepared statements hold a single command.
    const asItIs = !statements.some(controlOf) || (statements.length > 1 && isPrepared(parameters));
    return this.#run(
      asItIs
        ? [{ text, parameters }]
        : statements.map((statement) => ({
            text: statement,
            control: controlOf(statement),
            parameters: withText(parameters, statement),
          })),
    );
  }

  /**
   * A statement outside the test's own transactions gets its own savepoint, so its failure undoes it alone. As in
   * PostgreSQL, a BEGIN also covers the statements before it in the same string.
   */
  async #run(steps: readonly Step[]): Promise<unknown> {
    const results: unknown[] = [];
    let explicit = this.isNested;
    try {
      for (const step of steps) {
        if (step.control === undefined) {
          if (!explicit && needsTransaction(step.text)) throw outsideTransaction(step.text);
          if (!this.isNested) await this.#enter({});
          this.#isFresh = false;
          this.#mayDefer ||= !this.#rules.isPlain(step.text);
          await this.#remember(step);
          results.push(await this.direct(...step.parameters));
        } else {
          results.push(await this.#obey(step.control, step));
          if (step.control !== 'SET') explicit = this.isNested;
        }
      }
    } catch (error) {
      if (!explicit && this.isNested) await this.#leave('ROLLBACK');
      throw explicit ? error : explained(error);
    }
    if (!explicit && this.isNested) await this.#keep();
    return results.length === 1 ? results[0] : results;
  }

  async #obey(control: Control, { text, parameters }: Step): Promise<unknown> {
    // Where a command does not fit, PostgreSQL warns and does nothing.
    const modes = this.#nested;
    if (control === 'SET') {
      if (modes === undefined) return resultOf('SET');
      if (!this.#isFresh) return this.direct(...parameters);
      await this.#leave('ROLLBACK');
      await this.#begin({ ...modes, ...this.#rules.modesOf(text) });
      return resultOf('SET');
    }
    if (control === 'BEGIN') {
      if (modes === undefined) await this.#begin(this.#rules.modesOf(text));
      return resultOf('BEGIN');
    }
    const how = control.startsWith('COMMIT') ? 'COMMIT' : 'ROLLBACK';
    const result = modes === undefined ? resultOf(how) : await this.#leave(how);
    if (control.endsWith('CHAIN')) await this.#begin(modes ?? {});
    return result;
  }

  /** Begins what stands for a transaction of the test's own. @throws Error where it cannot have its isolation level. */
  async #begin(modes: Modes): Promise<void> {
    const { level, usual } = await this.#enter(modes);
    const wanted = modes.level ?? usual;
    this.#isFresh = true;
    if (wanted === level) return;
    if (!this.#hasWritten) {
      // What would be committed is nothing but settings of the session.
      await this.direct(`COMMIT; BEGIN ISOLATION LEVEL ${wanted} READ WRITE`);
      await this.#enter(modes);
    } else if (levels.indexOf(wanted) > levels.indexOf(level)) {
      await this.#leave('ROLLBACK');
      throw new Error(tooLateFor(wanted));
    }
  }

  async #enter(modes: Modes): Promise<Surroundings> {
    const text = this.#isUnreleased ? `${keep}; ${enter}` : enter;
    const results = (await this.direct(text)) as pg.QueryResult<Surroundings>[];
    const surroundings = results.at(-1)!.rows[0]!;
    this.#isUnreleased = false;
    this.#nested = modes;
    this.#hasWritten ||= this.#isUndecided && surroundings.written;
    this.#isUndecided = false;
    this.#mayDefer = surroundings.mayDefer;
    this.#isReadOnly = modes.readOnly ?? surroundings.readOnly;
    if (this.#isReadOnly) await this.direct('SET TRANSACTION READ ONLY');
    return surroundings;
  }

  /** Leaves a statement's savepoint as COMMIT would its transaction. */
  async #keep(): Promise<void> {
    if (this.#mayDefer || this.#isReadOnly || this.#local.size > 0) await this.#leave('COMMIT');
    else this.#isUnreleased = this.#isUndecided = true;
    this.#nested = undefined;
  }

  /** As COMMIT does, checks deferred constraints, and ends settings that are the transaction's alone. */
  async #leave(how: 'COMMIT' | 'ROLLBACK'): Promise<unknown> {
    this.#nested = undefined;
    const before = [...this.#local];
    this.#local.clear();
    if (how === 'COMMIT') {
      try {
        if (this.#mayDefer)
          await this.#rules.checkDeferred({ query: (text: string) => this.direct(text) } as unknown as pg.ClientBase);
        for (const [name, value] of before)
          await this.direct('SELECT pg_catalog.set_config($1, $2, true)', [name, value]);
        await this.direct(keep);
        this.#isUndecided = true;
        return resultOf('COMMIT');
      } catch (error) {
        await this.direct(undo);
        // COMMIT after an error rolls back, and says so by its result alone.
        if ((error as { code?: string }).code !== '25P02') throw error;
        return resultOf('ROLLBACK');
      }
    }
    await this.direct(undo);
    return resultOf('ROLLBACK');
  }

  async #remember({ text, parameters }: Step): Promise<void> {
    const values = (parameters[1] ?? (parameters[0] as pg.QueryConfig).values ?? []) as unknown[];
    for (const statement of splitStatements(text)) {
      for (const name of localSettings(statement.text, values)) {
        if (this.#local.has(name)) continue;
        const { rows } = (await this.direct('SELECT pg_catalog.current_setting($1, true) AS value', [
          name,
        ])) as pg.QueryResult<{ value: string | null }>;
        this.#local.set(name, rows[0]!.value ?? '');
      }
    }
  }
}
