import { expect, test } from '../../../../fixtures/index.ts';
import { readDefinitions } from './index.ts';
import { everything } from '../../../testing/database-of-everything.ts';

test.use({ schema: everything, dataset: 'empty' });

/** Properties that PostgreSQL's deparsers omit; the specs cover those that they include. */
const changes = {
  'a comment on a constraint': "COMMENT ON CONSTRAINT keyed_pkey ON keyed IS 'changed'",
  'a comment on a column': "COMMENT ON COLUMN keyed.note IS 'changed'",
  'a comment on the schema': "COMMENT ON SCHEMA public IS 'changed'",
  'privileges on a schema': 'GRANT CREATE ON SCHEMA public TO PUBLIC',
  'privileges on a type': 'REVOKE USAGE ON TYPE mood FROM PUBLIC',
  'privileges on a large object': 'GRANT SELECT ON LARGE OBJECT 4711 TO PUBLIC',
  'a table in a publication': 'ALTER PUBLICATION told ADD TABLE base',
  'a collation': 'CREATE COLLATION binary_order FROM "C"',
  'a dictionary for text search': 'CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = simple)',
  'a configuration for text search': 'CREATE TEXT SEARCH CONFIGURATION plain (PARSER = "default")',
  'an operator': 'CREATE OPERATOR @#@ (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl)',
  'a cast': 'CREATE CAST (mood AS text) WITH INOUT',
};

for (const [what, sql] of Object.entries(changes)) {
  test(`a definition includes ${what}`, async ({ postgres }) => {
    const client = await postgres.pool.connect();
    const before = await readDefinitions(client);
    await client.query('BEGIN');
    await client.query(sql);
    expect(await readDefinitions(client)).not.toEqual(before);
    await client.query('ROLLBACK');
    expect(await readDefinitions(client)).toEqual(before);
    client.release();
  });
}
