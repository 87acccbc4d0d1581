import type pg from 'pg';
import {
  type Isolation,
  type Lease,
  postgresParts,
  PostgresWorker,
  type DatabaseRequest,
} from '../../../stores/postgres/index.ts';
import { waitFor } from '../../../lib/wait.ts';
import type { Lane } from '../interleave.ts';
import type { BenchServer } from './host.ts';
import { probe, type Subject } from './subjects.ts';

type Attributes = Readonly<Record<string, string>>;

/** One worker's operations, as the fixtures perform them. */
export class FixtureWorker implements AsyncDisposable {
  readonly #server: BenchServer;
  readonly #subject: Subject;
  readonly #worker: PostgresWorker;
  readonly #restore: { last: Attributes };

  private constructor(server: BenchServer, subject: Subject, worker: PostgresWorker, restore: { last: Attributes }) {
    this.#server = server;
    this.#subject = subject;
    this.#worker = worker;
    this.#restore = restore;
  }

  static async open(server: BenchServer, subject: Subject, number: number): Promise<FixtureWorker> {
    const restore: { last: Attributes } = { last: {} };
    const worker = await PostgresWorker.open({
      server: server.connection,
      run: server.run,
      worker: number,
      workers: server.workers,
      parts: postgresParts,
      measure: (name, _, attributes) => {
        if (name === 'postgres.restore') restore.last = attributes;
      },
    });
    return new FixtureWorker(server, subject, worker, restore);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker[Symbol.asyncDispose]();
  }

  /** Lends a database that is not measured. */
  async borrow<T>(use: (pool: pg.Pool) => Promise<T>): Promise<T> {
    const lease = await this.#worker.lease(this.#wanted('database'));
    try {
      return await use(lease.database.pool);
    } finally {
      await this.#end(lease);
    }
  }

  /** A pristine database from the warm pool, up to the answer of the first query. */
  acquire(): Lane {
    const wanted = this.#wanted('database');
    let lease: Lease | undefined;
    return {
      prepare: () => this.#worker.settle(wanted),
      run: async () => {
        lease = await this.#worker.lease(wanted);
        await probe(lease.database.pool, this.#subject);
      },
      tidy: () => this.#end(lease!),
    };
  }

  /** A test's database reset by a fresh clone under its name, up to the answer of the first query. */
  strictReset(): Lane {
    const wanted = this.#wanted('database');
    let lease: Lease | undefined;
    return {
      prepare: async () => {
        lease = await this.#worker.lease(wanted);
        await lease.database.query(`${this.#subject.changes}; CREATE TABLE made_by_a_test (id int)`);
        await this.#worker.settle(wanted);
      },
      run: async () => {
        await lease!.database.restore();
        await probe(lease!.database.pool, this.#subject);
      },
      tidy: async () => {
        this.#expectWay('strict');
        await this.#end(lease!);
      },
    };
  }

  /** A worker's database reset in place with all its connections open, up to the answer of the first query. */
  inPlaceReset(): Lane {
    const wanted = this.#wanted('reset');
    let lease: Lease | undefined;
    return {
      prepare: async () => {
        lease ??= await this.#worker.lease(wanted);
        await this.#worker.settle(wanted);
        // The reset should read the log of one test, not of everything that the others have done meanwhile.
        await lease.database.restore();
        await lease.database.query(this.#subject.changes);
      },
      run: async () => {
        await lease!.database.restore();
        await probe(lease!.database.pool, this.#subject);
      },
      tidy: async () => this.#expectWay('fast'),
    };
  }

  /** Times `diff`, `validate` and `restore` of a database with a test's changes, each a few times after a first one. */
  async inspect(times: number): Promise<{ diff: number[]; validate: number[]; reset: number[] }> {
    const lease = await this.#worker.lease(this.#wanted('reset'));
    const { database } = lease;
    const time = async (work: () => Promise<unknown>): Promise<number[]> => {
      const durations: number[] = [];
      for (let turn = 0; turn <= times; turn++) {
        await database.query(this.#subject.changes);
        const start = performance.now();
        await work();
        if (turn > 0) durations.push(performance.now() - start);
        await database.restore();
        this.#expectWay('fast');
      }
      return durations;
    };
    const result = {
      diff: await time(() => database.diff()),
      validate: await time(() => database.validate()),
      reset: await time(() => database.restore()),
    };
    await lease.end({ keep: false });
    return result;
  }

  #wanted(isolation: Isolation): DatabaseRequest {
    return { ...this.#subject.recipe, isolation };
  }

  /** Databases are dropped one after the other: when this one is gone, so are the earlier ones. */
  async #end(lease: Lease): Promise<void> {
    await lease.end({ keep: false });
    const { name } = lease.database;
    const isGone = async (): Promise<boolean> =>
      (await this.#server.admin.query('SELECT FROM pg_database WHERE datname = $1', [name])).rowCount === 0;
    if (!(await waitFor(isGone, 10_000))) throw new Error(`${name} is not dropped.`);
    await this.#worker.settle(this.#wanted('database'));
  }

  #expectWay(expected: string): void {
    const { way, because } = this.#restore.last;
    if (way !== expected)
      throw new Error(
        `The database was put back the ${way} way (${because}), and the ${expected} way was to be measured.`,
      );
  }
}
