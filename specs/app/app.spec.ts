import { expect, test } from '../../fixtures/index.ts';
import { notes } from './servers/notes.ts';

test.use({ appOptions: notes });

test('a tenant reads what it has written, and no other tenant does', async ({ app, workerPostgres }) => {
  const [ana, ben] = [await app.as(app.createTenant('ana')), await app.as(app.createTenant('ben'))];
  const { status, body } = await ana.post('/notes', { text: 'mine' });
  expect({ status, body }).toEqual({ status: 201, body: { id: '1', text: 'mine' } });
  expect((await ana.get('/notes')).body).toEqual([body]);
  expect((await ben.get('/notes')).body).toEqual([]);
  await expect(workerPostgres).toHaveRows('notes', 1);
});

test('calls without a tenant have no token', async ({ app }) => {
  const anyone = await app.as();
  expect(await anyone.get('/notes')).toMatchObject({ status: 401, body: { error: 'who is it?' } });
});

test('every forged token is refused', async ({ app }) => {
  const ana = app.createTenant('ana');
  const forged = await ana.forgedTokens();
  expect(forged.map(({ name }) => name)).toEqual([
    'expired',
    'of another key',
    'no JSON Web Token',
    'alg: none',
    'changed after it was signed',
  ]);
  for (const { name, token } of forged) {
    const as = await app.as(ana, { token });
    expect((await as.get('/notes')).status, name).toBe(401);
  }
});

test("Playwright's own request has the tenant's token and the service's address", async ({ app }) => {
  const ana = app.createTenant('ana');
  const request = await app.request(ana);
  await request.post('/notes', { data: { text: 'mine' } });
  expect(await (await request.get('/notes')).json()).toEqual([{ id: '1', text: 'mine' }]);
  expect((await (await app.request()).get('/notes')).status()).toBe(401);
});

test('a page is logged in as its tenant', async ({ app }) => {
  const ana = app.createTenant('ana');
  const [page, other] = [await app.page(ana), await app.page()];
  await page.goto('/page');
  await expect(page.getByRole('heading')).toHaveText(`Notes of ${ana.id}`);
  await other.goto('/page');
  await expect(other.getByRole('heading')).toHaveText('Notes of no tenant');
});

test('a load sends what each of its requests says, and counts the answers', async ({ app, workerPostgres }) => {
  const ana = app.createTenant('ana');
  const created = { method: 'POST', path: '/notes', tenant: ana, body: (n: number) => ({ text: `note ${n}` }) };
  const result = await app.load({ ...created, clients: 5, requests: 50 });
  expect(result).toMatchObject({ requests: 50, errors: 0, statuses: { 201: 50 } });
  expect(result.latency.p99).toBeGreaterThanOrEqual(result.latency.p50);
  const [row] = await workerPostgres.query('SELECT count(DISTINCT text)::int AS notes FROM notes');
  expect(row).toEqual({ notes: 50 });

  const refused = await app.load({ path: '/notes', clients: 2, requests: 10 });
  expect(refused).toMatchObject({ errors: 10, statuses: { 401: 10 } });
});

test('a load of a duration ends after it', async ({ app }) => {
  const { requests, seconds, errors } = await app.load({ path: '/health', clients: 2, duration: 1_000 });
  expect(errors).toBe(0);
  expect(requests).toBeGreaterThan(2);
  expect(seconds).toBeLessThan(5);
});

test.describe('own checks', () => {
  test.use({
    validations: {
      postgres: {
        'every note says something': "SELECT id FROM notes WHERE text = ''",
        'there are few notes': async (store) =>
          (await store.query('SELECT FROM notes')).length > 1 ? ['too many'] : [],
      },
    },
  });

  test('validation makes own checks, too', async ({ app, workerPostgres }) => {
    const ana = await app.as(app.createTenant('ana'));
    await ana.post('/notes', { text: 'fine' });
    await expect(workerPostgres).toBeValid();
    await ana.post('/notes', { text: '' });
    await expect(expect(workerPostgres).toBeValid()).rejects.toThrow(
      /2 of \d+ checks failed:\n {2}data: every note says something\n {4}expected: nothing\n {4}found: {4}\{"id":"?2"?\}\n {2}data: there are few notes/,
    );
  });
});

test.describe('between tests', () => {
  test.describe.configure({ mode: 'serial' });
  let known: { pid: number; url: string } | undefined;

  for (const which of ['the first', 'the next']) {
    test(`${which} test begins with no notes, on the same service and address`, async ({ app, workerPostgres }) => {
      const as = await app.as(app.createTenant());
      await as.post('/notes', { text: 'left behind' });
      await expect(workerPostgres).toHaveRows('notes', 1);
      const now = { pid: (await as.get<{ pid: number }>('/pid')).body.pid, url: workerPostgres.url };
      expect(now).toEqual((known ??= now));
    });
  }
});
