import type { ClickHouseClient } from '@clickhouse/client';
import type { Check as CheckOf, Checks as ChecksOf } from '../../validation/index.ts';
import type { Administrator } from '../connection.ts';

/** The database that the checks read. */
export interface Subject {
  readonly name: string;
  readonly admin: Administrator;
  /** The test's own client. */
  readonly client: ClickHouseClient;
  readonly user: string;
  /** The template that the database was made equal to. */
  readonly template: string;
}

export type Check = CheckOf<Subject>;
export type Checks = ChecksOf<Subject>;
