import { expect, test } from '../../../fixtures/index.ts';
import { readState } from './catalogue.ts';
import { withReader } from './reader.ts';

test('a role bound by a row-level policy is refused', async ({ postgres, _postgresServer }) => {
  test.skip(!_postgresServer.owned, 'needs a role that is no superuser');
  await postgres.query('ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY');

  const state = withReader({ ..._postgresServer, admin: _postgresServer.testRole }, postgres.name, readState);
  await expect(state).rejects.toThrow('query would be affected by row-level security policy for table "users"');
});
