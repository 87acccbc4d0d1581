import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isAlive } from '../run/processes/index.ts';
import { RunFolder } from '../run/index.ts';
import { waitFor } from '../lib/wait.ts';
import { expect, imports, recordedProcess, test } from '../testing/index.ts';

/** A server that starts another process, and answers with the ids of both. */
const server = `
  const { spawn } = require('node:child_process');
  const { pid } = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
  console.log('it listens, and writes to ' + (process.env.DATABASE_URL ? 'a database' : 'nothing'));
  require('node:http')
    .createServer((request, response) => {
      if (request.url === '/end') process.exit(3);
      response.end(JSON.stringify([process.pid, pid]));
    })
    .listen(process.env.PORT, '127.0.0.1');
`;

const files = (spec: string, options = ''): Record<string, string> => ({
  'server.cjs': server,
  'schema.sql': 'CREATE TABLE notes (text text)',
  'a.spec.ts': `${imports}
    test.use({ appOptions: { services: { api: {
      command: 'node server.cjs', ready: '/', env: ({ postgres }) => ({ DATABASE_URL: postgres.url }),
    } }, schema: './schema.sql'${options} } });
    ${spec}
  `,
});

test('a killed run ends its services, frozen ones and what they have started included', async ({
  startInlineTest,
  root,
}) => {
  const run = startInlineTest(
    files(`test('sleeps', async ({ app }) => {
      console.log('services=' + await (await (await app.request()).get('/')).text());
      await app.chaos.freeze('api');
      console.log('run=' + process.env.PROVING_GROUND_RUN);
      console.log('worker=' + process.pid);
      await new Promise((resolve) => setTimeout(resolve, 120_000)); // until it is killed
    });`),
  );
  const services = JSON.parse(await run.printed('services')) as number[];
  const pids = [...services, recordedProcess(new RunFolder(await run.printed('run')), 'app-0-api')];
  expect(pids.filter(isAlive)).toEqual(pids);
  process.kill(Number(await run.printed('worker')), 'SIGKILL');
  run.kill('SIGKILL');
  expect(await waitFor(() => !pids.some(isAlive), 5_000), 'all of its processes end').toBe(true);
  expect(await root.leftoversAfter(5_000)).toEqual([]);
});

test("a failed test's report has each service's last lines and what it did, and the next worker has another service", async ({
  runInlineTest,
  root,
}) => {
  const { tests } = await runInlineTest(
    files(`
      const own = test.extend<{}, { mine: string }>({
        mine: [async ({ workerPostgres }, use) => use(workerPostgres.url), { scope: 'worker' }],
      });
      own('fails', async ({ app, mine, workerPostgres }) => {
        await (await app.as()).get('/end').catch(() => undefined);
        await expect.poll(() => app.chaos.process('api').starts).toBe(2);
        await workerPostgres.query("INSERT INTO notes VALUES ('left')");
        expect(mine).toBe('the URL');
      });
      test('comes next', async ({ app, workerPostgres }) => {
        await expect(workerPostgres).toHaveRows('notes', 0);
        expect(app.chaos.process('api').starts).toBe(1);
      });
      test('is killed', async () => {
        process.kill(process.pid, 'SIGKILL');
        await new Promise(() => {});
      });
      test('comes last', async ({ app }) => {
        await (await app.as()).get('/');
      });`),
  );
  expect(tests).toMatchObject([
    {
      title: 'fails',
      status: 'failed',
      errors: [expect.stringMatching(/Expected: "the URL"\n\s*Received: "postgres/)],
    },
    { title: 'comes next', status: 'passed' },
    { title: 'is killed', status: 'failed' },
    { title: 'comes last', status: 'passed' },
  ]);
  expect(tests[0]!.annotations['service ended']).toBe('api ended by exit code 3, and was started again');
  expect(tests[0]!.texts['log of api']).toMatch(/^it listens, and writes to a database\napi ended by exit code 3\n/);
  expect(tests[0]!.texts['PostgreSQL difference']).toContain('left');
  expect(tests[0]!.texts['database kept']).toMatch(/^postgresql:/);
  expect(await root.leftoversAfter(5_000)).toEqual([]);
});

test('declared addresses are enough for TARGET=remote, and tests of what is local are skipped', async ({
  runInlineTest,
}) => {
  const removed: string[] = [];
  await using deployed = createServer(({ method, url = '' }, response) => {
    if (method === 'DELETE') removed.push(url);
    response.end('deployed');
  }).listen(0, '127.0.0.1');
  await once(deployed, 'listening');
  const { tests, output } = await runInlineTest(
    files(
      `
      test('asks', async ({ app }) => {
        const [ana, ben] = [app.createTenant('ana'), app.createTenant('ben')];
        expect((await (await app.as(ana)).get('/')).body).toBe('deployed');
        expect((await (await app.as()).get('/')).body).toBe('deployed');
        console.log('tenant=' + ana.id);
        expect(() => app.url('other')).toThrow("The address of the service 'other' is not known");
      });
      test('disturbs', async ({ app }) => { await app.chaos.kill('api'); });
      test('looks', async ({ workerPostgres }) => { await workerPostgres.query('SELECT 1'); });
      test('needs a database', async ({ postgres }) => { await postgres.query('SELECT 1'); });
    `,
      `, urls: { api: 'http://127.0.0.1:${(deployed.address() as AddressInfo).port}' },
        tokens: { algorithm: 'HS256', secret: 'secret' }, removeTenant: (as, { id }) => as.delete('/tenants/' + id)`,
    ),
    { env: { TARGET: 'remote' } },
  );
  expect(tests.map(({ title, status, errors }) => ({ title, status, errors }))).toEqual([
    { title: 'asks', status: 'passed', errors: [] },
    { title: 'disturbs', status: 'skipped', errors: [] },
    { title: 'looks', status: 'skipped', errors: [] },
    {
      title: 'needs a database',
      status: 'failed',
      errors: [expect.stringContaining('TARGET=remote needs to know its PostgreSQL: set TEST_POSTGRES_URL, or')],
    },
  ]);
  const [, used] = /^tenant=(.*)$/m.exec(output)!;
  expect(removed, 'what was removed of the tenant that was used').toEqual([`/tenants/${used}`]);
});
