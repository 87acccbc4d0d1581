import type pg from 'pg';
import { readSequences } from './catalogue.ts';

/** How a transaction that must leave nothing ends. */
export interface TransactionEnding {
  end(client: pg.ClientBase): Promise<void>;
}

export const ending: TransactionEnding = {
  end: async (client) => void (await client.query('ROLLBACK')),
};

/** Runs `work` in a transaction that is rolled back, resets the sequences, and returns its result. */
export async function inRolledBackTransaction<T>(
  pool: pg.Pool,
  { end }: TransactionEnding,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    const before = await readSequences(client);
    await client.query('BEGIN');
    try {
      return await work(client);
    } finally {
      await end(client);
      const after = new Map((await readSequences(client)).map(({ name, position }) => [name, position]));
      for (const { name, position } of before) {
        if (after.get(name) !== position)
          await client.query('SELECT setval($1::regclass, $2, $3)', [
            name,
            position.split(' ')[0],
            !position.endsWith(')'),
          ]);
      }
    }
  } catch (error) {
    broken = error as Error;
    throw error;
  } finally {
    client.release(broken);
  }
}
