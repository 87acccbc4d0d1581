import fc from 'fast-check';
import { DatabaseError, type Pool, type PoolClient } from 'pg';
import { expect, test } from '../../../../fixtures/index.ts';
import { readContents, readSequences } from '../catalogue.ts';
import { readDefinitions } from '../definitions/index.ts';
import type { PostgresDatabase } from '../index.ts';
import { dataChange, definitionChange, everything } from '../../../testing/database-of-everything.ts';

test.use({ schema: everything, dataset: 'empty' });

/** For each way of restoring; split into parts that run in parallel. */
const cases = 500;
const parts = 2;

const dataChanges = fc.array(dataChange, { minLength: 1, maxLength: 6 });
const anyChanges = fc.array(fc.oneof(dataChange, definitionChange), { minLength: 1, maxLength: 6 });

for (let part = 1; part <= parts; part++) {
  test.describe(`part ${part} of ${parts}`, () => {
    test.describe('in place', () => {
      test.use({ isolation: 'reset' });

      test('rows and sequences are reset under open connections', async ({ postgres, _postgresServer }) => {
        test.skip(!_postgresServer.inPlaceReset, 'needs PostgreSQL 18 and a superuser');
        const session = await sessionOf(postgres);
        await holds(postgres, dataChanges, apply(postgres), () => postgres.restore());
        expect(await sessionOf(postgres), 'the connection that was open at the beginning').toBe(session);
      });

      test('any change is reset', async ({ postgres }) => {
        await holds(postgres, anyChanges, apply(postgres), () => postgres.restore());
      });
    });

    test('a pristine clone replaces any change', async ({ postgres }) => {
      await holds(postgres, anyChanges, apply(postgres), () => postgres.restore());
    });

    test('a named snapshot undoes any change', async ({ postgres }) => {
      await apply(postgres)(fc.sample(anyChanges, { numRuns: 1, seed: part })[0]!);
      await postgres.snapshot('then');
      await holds(postgres, anyChanges, apply(postgres), () => postgres.restore('then'));
    });

    test('a rolled-back transaction leaves nothing', async ({ postgres }) => {
      await holds(
        postgres,
        anyChanges,
        async (statements) => {
          await postgres.rollback((client) =>
            run(
              client,
              statements.filter((sql) => !/^BEGIN|^VACUUM|^DROP SCHEMA/.test(sql)),
              'SAVEPOINT one',
            ),
          );
        },
        async () => {},
      );
    });
  });
}

test.describe('isolation rollback', () => {
  test.use({ isolation: 'rollback' });

  test("statements and transactions behave as outside the test's transaction", async ({ postgres }) => {
    await expect(postgres.query('SELECT 1 / 0')).rejects.toThrow('division by zero');
    await postgres.query("BEGIN; INSERT INTO base VALUES (9, 'kept'); COMMIT");
    await postgres.query('BEGIN');
    await postgres.query("INSERT INTO base VALUES (10, 'gone')");
    await postgres.query('ROLLBACK');
    await postgres.query('BEGIN');
    await postgres.query("INSERT INTO base VALUES (11, 'stays')");
    await postgres.query('COMMIT');
    await expect(postgres).toHaveRow('base', { id: 9, note: 'kept' });
    await expect(postgres).toHaveRow('base', { id: 11, note: 'stays' });
    await expect(postgres).not.toHaveRow('base', { id: 10 });
  });
});

async function holds(
  postgres: PostgresDatabase,
  changes: fc.Arbitrary<string[]>,
  change: (statements: string[]) => Promise<void>,
  restore: () => Promise<void>,
): Promise<void> {
  test.setTimeout(300_000);
  const before = await stateOf(postgres.pool);
  await fc.assert(
    fc.asyncProperty(changes, async (statements) => {
      await change(statements);
      await restore();
      expect(await stateOf(postgres.pool)).toEqual(before);
    }),
    { numRuns: cases / parts },
  );
}

/** The current contents and definitions. */
async function stateOf(pool: Pool): Promise<unknown> {
  return [await readDefinitions(pool), await readSequences(pool), await readContents(pool)];
}

function apply(postgres: PostgresDatabase): (statements: string[]) => Promise<void> {
  return async (statements) => {
    const client = await postgres.pool.connect();
    try {
      await run(client, statements);
    } finally {
      client.release();
    }
  };
}

/** A statement may fail after others, such as one on a dropped table; failures are part of the case. */
async function run(client: PoolClient, statements: string[], savepoint?: string): Promise<void> {
  for (const sql of statements) {
    if (savepoint !== undefined) await client.query(savepoint);
    await client.query(sql).catch(async (error: unknown) => {
      if (!(error instanceof DatabaseError)) throw error;
      await client.query(savepoint === undefined ? 'ROLLBACK' : savepoint.replace('SAVEPOINT', 'ROLLBACK TO'));
    });
  }
}

async function sessionOf(postgres: PostgresDatabase): Promise<number> {
  const [row] = await postgres.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return row!.pid;
}
