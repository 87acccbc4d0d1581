import { Client, Pool } from 'pg';
import { expect, test } from '../../../fixtures/index.ts';

/** A session of another program, with a name; it is ended after the test, if it was not before. */
async function sessionOf(url: string, name: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: name });
  client.on('error', () => {});
  await client.connect();
  return client;
}

test('a snapshot and its restoring tell which sessions they have ended', async ({ postgres }) => {
  await sessionOf(postgres.url, 'shop');
  await postgres.snapshot('before');
  await sessionOf(postgres.url, '');
  await postgres.restore('before');

  expect(postgres.cutOff).toEqual([
    expect.stringMatching(
      /^snapshot\('before'\) ends every session in the database, because a copy .*: pid \d+ \(shop, idle\)$/,
    ),
    expect.stringMatching(
      /^restore\('before'\) ends every session in the database, because .*: pid \d+ \(no application_name, idle\)$/,
    ),
  ]);
});

test("ended sessions of the test's own pool are not reported", async ({ postgres }) => {
  await postgres.snapshot('before');
  await postgres.query('CREATE TABLE more (id int)');
  await postgres.restore();
  expect(postgres.cutOff).toEqual([]);
});

test('neither a difference nor a validation ends a session', async ({ postgres }) => {
  const client = await sessionOf(postgres.url, 'shop');
  await postgres.query("UPDATE users SET display_name = 'Bea'");
  await postgres.diff();
  await postgres.validate();
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  expect(postgres.cutOff).toEqual([]);
});

test('the error of a pool without a listener says what has ended its session', async ({ postgres }) => {
  const pool = new Pool({ connectionString: postgres.url });
  const failed = new Promise((resolve) => pool.once('error', resolve)); // would end the test
  await pool.query('SELECT 1');
  await postgres.query('CREATE TABLE more (id int)');
  await postgres.restore();

  expect(postgres.explanationOf(await failed)).toMatch(
    /^restore\(\) ends every session in the database, .*add pool\.on\('error', \(\) => \{\}\)/,
  );
  expect(postgres.explanationOf(new Error('another'))).toBeUndefined();
  await pool.end();
});

test.describe('in a database that is reset in place', () => {
  test.use({ isolation: 'reset' });

  test('only sessions that are at work are ended, and told of', async ({ postgres, _postgresServer }) => {
    test.skip(!_postgresServer.inPlaceReset, 'needs PostgreSQL 18 and a superuser');
    const [idle, busy] = [await sessionOf(postgres.url, 'idler'), await sessionOf(postgres.url, 'worker')];
    await busy.query("BEGIN; UPDATE users SET display_name = 'Bea'");
    await postgres.restore();

    expect((await idle.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    expect(postgres.cutOff).toEqual([
      expect.stringMatching(
        /^restore\(\) ends sessions that are at work, .*: pid \d+ \(worker, idle in transaction\)$/,
      ),
    ]);
    await idle.end();
  });

  test('a changed definition ends every session, and the report says so', async ({ postgres, _postgresServer }) => {
    test.skip(!_postgresServer.inPlaceReset, 'needs PostgreSQL 18 and a superuser');
    await sessionOf(postgres.url, 'idler');
    await postgres.query('CREATE TABLE more (id int)');
    await postgres.restore();
    expect(postgres.cutOff).toEqual([
      expect.stringMatching(
        /a fresh clone takes its place \(something other than rows was changed\): pid \d+ \(idler, idle\)$/,
      ),
    ]);
  });
});
