import {
  type ClickHouseConnection,
  type ClickHouseDatabase,
  clickhouseParts,
  ClickHouseWorker,
  type Lease,
} from '../../../stores/clickhouse/index.ts';
import type { Lane } from '../interleave.ts';
import { changes, firstQuery, type Subject } from './subject.ts';

/** One worker's operations, as the fixtures perform them. */
export class FixtureWorker implements AsyncDisposable {
  readonly #subject: Subject;
  readonly #worker: ClickHouseWorker;

  constructor(server: ClickHouseConnection, slot: number, subject: Subject) {
    this.#subject = subject;
    this.#worker = new ClickHouseWorker({ server, slot, parts: clickhouseParts, measure: () => undefined });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker[Symbol.asyncDispose]();
  }

  /** A pristine database, reset while the previous test ended, up to the answer of the first query. */
  acquire(): Lane {
    let lease: Lease | undefined;
    return {
      prepare: () => this.#worker.settle(),
      run: async () => {
        lease = await this.#lease();
        await firstQuery(lease.database.client);
      },
      tidy: async () => void (await lease!.end()),
    };
  }

  /** A database restored within a test, up to the answer of the first query. */
  restore(): Lane {
    let database: ClickHouseDatabase | undefined;
    let lease: Lease | undefined;
    return {
      prepare: async () => {
        lease = await this.#lease();
        ({ database } = lease);
        for (const query of changes) await database.client.command({ query });
      },
      run: async () => {
        await database!.restore();
        await firstQuery(database!.client);
      },
      tidy: async () => {
        await lease!.end();
        await this.#worker.settle();
      },
    };
  }

  #lease(): Promise<Lease> {
    const { tables, dataset } = this.#subject;
    return this.#worker.lease({ tables, dataset });
  }
}
