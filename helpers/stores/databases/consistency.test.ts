import { withFault } from '../../faults/inject.ts';
import { expect, test } from '../../testing/index.ts';
import { databasesParts, type Subject } from './consistency.ts';

/** Two stores with these tables, that give these answers in turn. */
function stores(
  postgres: readonly object[][],
  clickhouse: readonly object[][],
  tables: { readonly postgres?: readonly string[]; readonly clickhouse?: readonly string[] } = {},
): Subject {
  const answering = (answers: readonly object[][]) => {
    const left = [...answers];
    const query = () => Promise.resolve(left.shift());
    return { query, queryEveryRow: query };
  };
  const all = ['users', 'events', 'messages'];
  return {
    postgres: answering(postgres),
    clickhouse: answering(clickhouse),
    tables: { postgres: new Set(tables.postgres ?? all), clickhouse: new Set(tables.clickhouse ?? all) },
  } as unknown as Subject;
}

const users = (...ids: number[]) => ids.map((id) => ({ id: String(id) }));

test('a user that only one store has is named, whichever that is', async ({ fault }) => {
  const { consistency } = await withFault('databases', databasesParts, fault);
  expect(await consistency.usersAgree(stores([users(1, 2)], [users(2, 3)]))).toEqual({
    check: 'both have the same users',
    expected: '2 users',
    found: '1 only in PostgreSQL, 3 only in ClickHouse',
    passed: false,
  });
  expect(await consistency.usersAgree(stores([users(1)], [users(1, 3)]))).toMatchObject({
    found: '3 only in ClickHouse',
    passed: false,
  });
  expect(await consistency.usersAgree(stores([users(1, 2)], [users(2, 1)]))).toMatchObject({
    found: '2 users',
    passed: true,
  });
});

test('the first five users that PostgreSQL does not have are named, and the others counted', async () => {
  const { eventsHaveUsers } = databasesParts.consistency;
  const found = async (...strangers: number[]) => {
    const result = await eventsHaveUsers(stores([users(...strangers)], [users(1, ...strangers)]));
    return [result!.found, result!.passed];
  };
  expect(await found()).toEqual(['all known', true]);
  expect(await found(11, 12, 13, 14, 15)).toEqual(['unknown: 11, 12, 13, 14, 15', false]);
  expect(await found(11, 12, 13, 14, 15, 16, 17)).toEqual(['unknown: 11, 12, 13, 14, 15 and 2 more', false]);
});

test('an event is wanted for each event and each message that PostgreSQL has', async () => {
  const { eventsAreComplete } = databasesParts.consistency;
  const [three, four, seven] = [3, 4, 7].map((count) => [{ count }]);
  expect(await eventsAreComplete(stores([three!, four!], [seven!]))).toEqual({
    check: "ClickHouse has an event for each of PostgreSQL's events and messages",
    expected: '7 events',
    found: '7 events',
    passed: true,
  });
  expect(await eventsAreComplete(stores([four!], [three!], { postgres: ['messages'] }))).toMatchObject({
    check: "ClickHouse has an event for each of PostgreSQL's messages",
    passed: false,
  });
});

test('stores without tables in common are not compared', async () => {
  const { eventsAreComplete, eventsHaveUsers, usersAgree } = databasesParts.consistency;
  for (const compare of [eventsHaveUsers, usersAgree]) {
    expect(await compare(stores([], [], { postgres: ['messages'] }))).toBeUndefined();
    expect(await compare(stores([], [], { clickhouse: ['metrics'] }))).toBeUndefined();
  }
  expect(await eventsAreComplete(stores([], [], { postgres: ['users'] }))).toBeUndefined();
  expect(await eventsAreComplete(stores([], [], { clickhouse: ['users'] }))).toBeUndefined();
});
