import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '../../../fixtures/index.ts';

const page = readFileSync(path.join(import.meta.dirname, '../README.md'), 'utf8');
const [, list = ''] = /come with PostgreSQL: ([^;]*);/.exec(page) ?? [];
const named = [...list.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);

test.use({ dataset: 'empty' });

test('the local server has the extensions that the page names', async ({ postgres, _configuration }) => {
  test.skip(_configuration.target !== 'local', 'another server has its own');
  const found = await postgres.query<{ name: string }>(
    "SELECT name FROM pg_available_extensions WHERE name !~ '(plperl|plpython3|pltcl)u?$' AND name <> 'plpgsql' ORDER BY name COLLATE \"C\"",
  );
  expect(found.map(({ name }) => name)).toEqual(named.toSorted());
});

test('every extension that the page names can be created', { tag: '@long' }, async ({ postgres, _configuration }) => {
  test.skip(_configuration.target !== 'local', 'another server has its own');
  for (const name of named) await postgres.admin.query(`CREATE EXTENSION "${name}" CASCADE; DROP EXTENSION "${name}"`);
  expect(named.length).toBeGreaterThan(40);
});
