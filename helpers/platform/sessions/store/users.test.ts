import { fileURLToPath } from 'node:url';
import { expect, test } from '../../../testing/session-parts.ts';
import { users as ours } from './users.ts';

test.use({ schema: fileURLToPath(new URL('schema.sql', import.meta.url)), dataset: 'empty' });

test('an address is the same in upper and in lower case', async ({ postgres: { pool }, withSessionFault }) => {
  const { users } = await withSessionFault({ users: ours });
  const ana = { clientId: 'acme', userId: 'ana' };
  expect(await users.put(pool, 'Ana@X.com', ana)).toBe(true);
  expect(await users.find(pool, 'aNA@x.COM')).toEqual(ana);
  expect(await users.put(pool, 'ANA@x.com', { ...ana, clientId: 'another' })).toBe(false);
});
