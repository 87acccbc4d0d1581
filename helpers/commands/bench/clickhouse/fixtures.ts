import {
  type ClickHouseConnection,
  type ClickHouseDatabase,
  clickhouseParts,
  ClickHouseWorker,
  type Lease,
} from '../../../stores/clickhouse/index.ts';
import type { Lane } from '../interleave.ts';
import { changes, firstQuery, type Subject } from './subject.ts';

/** What our users do, as fixtures do it for them, by one worker. */
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

  /** A pristine database, put back while the test before came to its end, until its first query's answer. */
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

  /** A test's database put back within the test, until its first query's answer. */
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
