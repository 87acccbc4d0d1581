import type pg from 'pg';
import type { Definition } from '../../differences/index.ts';
import type { Check as CheckOf, Checks as ChecksOf } from '../../validation/index.ts';

/** The database that the checks read, and its session. */
export interface Subject {
  readonly name: string;
  /** Waits only briefly for locks. */
  readonly client: pg.ClientBase;
  /** Clients that were taken from the pool and not released. */
  readonly clientsInUse: number;
  /** Requests for a client that are still waiting for the pool. */
  readonly clientsAwaited: number;
  /** The definitions that the database was created with. */
  readonly original: readonly Definition[];
  /** The definitions that it has now; read once. */
  readonly definitions: () => Promise<readonly Definition[]>;
  /** The worker that should own the database. */
  readonly owner: string;
  /** The template that the database was cloned from. */
  readonly template: string;
}

/** Whether an object is as the schema has made it, so that nothing about it is the test's doing. */
export async function isAsMade({ original, definitions }: Subject, kind: string, name: string): Promise<boolean> {
  const isIt = (definition: Definition): boolean => definition.kind === kind && definition.name === name;
  const made = original.find(isIt);
  return made !== undefined && made.definition === (await definitions()).find(isIt)?.definition;
}

export type Check = CheckOf<Subject>;
export type Checks = ChecksOf<Subject>;
