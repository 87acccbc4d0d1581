import { expect, test } from '../../../../fixtures/index.ts';
import { hasSqlState } from '../../../lib/pg.ts';
import { sqlState, transaction } from './database.ts';

const row = 'UPDATE users SET display_name = display_name || $2 WHERE id = $1';

test('two deadlocked transactions are both committed, each once', async ({ postgres }) => {
  const [one, other] = (await postgres.query<{ id: string }>('SELECT id FROM users ORDER BY id LIMIT 2')).map(
    ({ id }) => id,
  ) as [string, string];
  const before = await postgres.query<{ name: string }>(
    'SELECT display_name AS name FROM users WHERE id IN ($1, $2) ORDER BY id',
    [one, other],
  );
  let begun = 0;
  let meet = (): void => undefined;
  const met = new Promise<void>((resolve) => {
    meet = resolve;
  });
  const change = (first: string, second: string, mark: string): Promise<void> =>
    transaction(postgres.pool, async (client) => {
      await client.query(row, [first, mark]);
      if (++begun === 2) meet();
      await met; // each holds the row that the other one needs
      await client.query(row, [second, mark]);
    });

  await Promise.all([change(one, other, '!'), change(other, one, '?')]);
  // Once more at least: the one that begins again may take its first row before the other has woken up.
  expect(begun, 'times that one was begun').toBeGreaterThan(2);
  const after = await postgres.query<{ name: string }>(
    'SELECT display_name AS name FROM users WHERE id IN ($1, $2) ORDER BY id',
    [one, other],
  );
  expect(after.map(({ name }, index) => name.slice(before[index]!.name.length).split('').toSorted().join(''))).toEqual([
    '!?',
    '!?',
  ]);
});

test('a transaction that deadlocks every time fails, and other errors fail at once', async ({ postgres }) => {
  const raise = async (code: string): Promise<{ attempts: number; isTold: boolean }> => {
    let attempts = 0;
    const failure: unknown = await transaction(postgres.pool, async (client) => {
      attempts++;
      await client.query(`DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '${code}'; END $$`);
    }).catch((error: unknown) => error);
    return { attempts, isTold: hasSqlState(failure, code) };
  };
  expect(await raise(sqlState.deadlockDetected)).toEqual({ attempts: 5, isTold: true });
  expect(await raise(sqlState.lockNotAvailable)).toEqual({ attempts: 1, isTold: true });
});
