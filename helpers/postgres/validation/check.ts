import type pg from 'pg';
import type { Definition } from '../catalogue.ts';

export const categories = ['connection', 'schema', 'data', 'performance', 'isolation'] as const;
export type Category = (typeof categories)[number];

/** What was looked at, what it should have been, and what it was. */
export interface CheckResult {
  readonly category: Category;
  readonly check: string;
  readonly expected: string;
  readonly found: string;
  readonly passed: boolean;
}

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

export type Result = Omit<CheckResult, 'category'>;
export type Check = (subject: Subject) => Promise<Result | Result[]>;
export type Checks = Readonly<Record<Category, readonly Check[]>>;
