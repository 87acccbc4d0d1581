import type pg from 'pg';
import type { Definition } from '../../differences/index.ts';
import type { CatalogueReading } from '../catalogue-reading.ts';
import type { Check as CheckOf, Checks as ChecksOf } from '../../validation/index.ts';

/** The database that the checks read, and its session. */
export interface Subject {
  readonly name: string;
  /** Waits only briefly for locks. */
  readonly client: pg.ClientBase;
  readonly reading: CatalogueReading;
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
  const key = keyOf({ kind, name });
  const made = byKey(original).get(key);
  return made !== undefined && made === byKey(await definitions()).get(key);
}

export function keyOf({ kind, name }: Pick<Definition, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}

const indexes = new WeakMap<readonly Definition[], ReadonlyMap<string, string>>();

/** What each definition says, by its key; made once for a list, since many checks may ask. */
export function byKey(definitions: readonly Definition[]): ReadonlyMap<string, string> {
  const known = indexes.get(definitions);
  if (known !== undefined) return known;
  const index = new Map(definitions.map((definition) => [keyOf(definition), definition.definition]));
  indexes.set(definitions, index);
  return index;
}

export type Check = CheckOf<Subject>;
export type Checks = ChecksOf<Subject>;
