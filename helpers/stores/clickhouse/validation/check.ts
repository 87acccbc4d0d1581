import type { ClickHouseClient } from '@clickhouse/client';
import type { Check as CheckOf, Checks as ChecksOf } from '../../validation/index.ts';
import type { Administrator } from '../connection.ts';

/** What the checks look at. */
export interface Subject {
  readonly name: string;
  readonly admin: Administrator;
  /** The test's own. */
  readonly client: ClickHouseClient;
  readonly user: string;
  /** What the database was made equal to. */
  readonly template: string;
}

export type Check = CheckOf<Subject>;
export type Checks = ChecksOf<Subject>;
