import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '../../fixtures/index.ts';

const migrations = fileURLToPath(new URL('app/migrations', import.meta.url));
const tool = path.resolve(createRequire(import.meta.url).resolve('node-pg-migrate'), '../../../bin/node-pg-migrate.js');

test.use({ schema: { name: 'empty', apply: () => Promise.resolve() }, dataset: 'empty' });

test("the application's own tool makes the schema that the tests run with, and takes it back", async ({
  postgres,
  workerPostgres,
}) => {
  const migrate = (...args: string[]) =>
    promisify(execFile)(process.execPath, [tool, ...args, '--migrations-dir', migrations], {
      env: { ...process.env, DATABASE_URL: postgres.url },
    });
  const definitions = `
    SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name <> 'pgmigrations' ORDER BY table_name, ordinal_position`;
  const policies = 'SELECT tablename, policyname, qual FROM pg_policies ORDER BY tablename, policyname';

  await migrate('up');
  expect(await postgres.query(definitions)).toEqual(await workerPostgres.query(definitions));
  expect(await postgres.query(policies)).toEqual(await workerPostgres.query(policies));
  await migrate('down', '3');
  expect(await postgres.query(definitions)).toEqual([]);
});
