import type { ClickHouseDatabase } from '../clickhouse/index.ts';
import { type Places, places } from '../places.ts';
import type { PostgresDatabase } from '../postgres/index.ts';
import type { Result } from '../validation/index.ts';

/** Both stores and their tables. */
export interface Subject {
  readonly postgres: PostgresDatabase;
  readonly clickhouse: ClickHouseDatabase;
  /** The tables' names in each store. */
  readonly tables: { readonly postgres: ReadonlySet<string>; readonly clickhouse: ReadonlySet<string> };
}

/** Compares the stores in one respect; undefined where they have no such tables in common. */
export type Consistency = (subject: Subject) => Promise<Result | undefined>;

/** Every event's user exists in PostgreSQL. */
const eventsHaveUsers: Consistency = async ({ postgres, clickhouse, tables }) => {
  if (!tables.postgres.has('users') || !tables.clickhouse.has('events')) return undefined;
  const seen = (await clickhouse.query<{ id: string }>('SELECT DISTINCT toString(user_id) AS id FROM events')).map(
    ({ id }) => id,
  );
  const strangers = await postgres.queryEveryRow<{ id: string }>(
    'SELECT id FROM unnest($1::bigint[]) AS seen (id) WHERE NOT EXISTS (SELECT FROM users WHERE users.id = seen.id) ORDER BY id',
    [seen],
  );
  const found =
    strangers.length === 0
      ? 'all known'
      : `unknown: ${strangers
          .slice(0, 5)
          .map(({ id }) => id)
          .join(', ')}${strangers.length > 5 ? ` and ${strangers.length - 5} more` : ''}`;
  return {
    check: "every event's user exists in PostgreSQL",
    expected: 'all known',
    found,
    passed: strangers.length === 0,
  };
};

/** ClickHouse has as many events as PostgreSQL has events and messages. */
const eventsAreComplete: Consistency = async ({ postgres, clickhouse, tables }) => {
  const sources = ['events', 'messages'].filter((table) => tables.postgres.has(table));
  if (sources.length === 0 || !tables.clickhouse.has('events')) return undefined;
  const counts = await Promise.all(
    sources.map((table) => postgres.queryEveryRow<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`)),
  );
  const expected = counts.reduce((sum, [row]) => sum + row!.count, 0);
  const [row] = await clickhouse.query<{ count: number }>('SELECT toUInt32(count()) AS count FROM events');
  return {
    check: `ClickHouse has an event for each of PostgreSQL's ${sources.join(' and ')}`,
    expected: `${expected} events`,
    found: `${row!.count} events`,
    passed: row!.count === expected,
  };
};

/** Users that both stores contain have the same ids. */
const usersAgree: Consistency = async ({ postgres, clickhouse, tables }) => {
  if (!tables.postgres.has('users') || !tables.clickhouse.has('users')) return undefined;
  const [here, there] = await Promise.all([
    postgres.queryEveryRow<{ id: string }>('SELECT id::text AS id FROM users'),
    clickhouse.query<{ id: string }>('SELECT DISTINCT toString(id) AS id FROM users'),
  ]);
  const [known, copied] = [new Set(here.map(({ id }) => id)), new Set(there.map(({ id }) => id))];
  const wrong = [
    ...[...known].filter((id) => !copied.has(id)).map((id) => `${id} only in PostgreSQL`),
    ...[...copied].filter((id) => !known.has(id)).map((id) => `${id} only in ClickHouse`),
  ];
  return {
    check: 'both have the same users',
    expected: `${known.size} users`,
    found: wrong.length === 0 ? `${copied.size} users` : wrong.slice(0, 5).join(', '),
    passed: wrong.length === 0,
  };
};

export interface DatabasesParts {
  /** Which checks of a user's own `validate()` makes, of each store and of both. */
  readonly ownChecks: <All extends object>(all: All) => All;
  /** The comparisons of `validate()`. */
  readonly consistency: Readonly<Record<'eventsHaveUsers' | 'eventsAreComplete' | 'usersAgree', Consistency>>;
  /** Which stores a snapshot and a restore cover. */
  readonly stores: (pair: {
    readonly postgres: PostgresDatabase;
    readonly clickhouse: ClickHouseDatabase;
  }) => readonly (PostgresDatabase | ClickHouseDatabase)[];
  /** From where paths in a test's options count. */
  readonly places: Places;
}

export const databasesParts: DatabasesParts = {
  ownChecks: (all) => all,
  consistency: { eventsHaveUsers, eventsAreComplete, usersAgree },
  stores: ({ postgres, clickhouse }) => [postgres, clickhouse],
  places,
};
