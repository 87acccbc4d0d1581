import type pg from 'pg';
import type { Definition } from '../../differences/index.ts';
import type { Check as CheckOf, Checks as ChecksOf } from '../../validation/index.ts';

/** What the checks look at. */
export interface Subject {
  readonly name: string;
  /** Gives up on a lock soon. */
  readonly client: pg.ClientBase;
  /** Clients that were taken from the pool and not given back. */
  readonly clientsInUse: number;
  /** Requests for a client that the pool could not yet answer. */
  readonly clientsAwaited: number;
  /** The definitions that the database was created with. */
  readonly original: readonly Definition[];
  /** The worker whose database this should be. */
  readonly owner: string;
  /** What the database was cloned from. */
  readonly template: string;
}

export type Check = CheckOf<Subject>;
export type Checks = ChecksOf<Subject>;
