import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Ports } from '../testing/ports.ts';
import { isAlive } from '../run/processes/index.ts';
import { expect, test as base } from '../testing/index.ts';
import type { ServiceDeclaration } from './options.ts';
import type { AppParts } from './parts.ts';
import { firstPortOfSystem } from './services/ports.ts';
import { Services } from './services/index.ts';

type Declared = Readonly<Record<string, ServiceDeclaration>>;

interface ServicesFixtures {
  /** The parts of an app, with the active fault. */
  parts: AppParts;
  /** Starts services, which are ended with the test. */
  start: (declared: Declared, parts?: Partial<AppParts>) => Promise<Services>;
}

const test = base.extend<ServicesFixtures>({
  parts: async ({ _appParts }, use) => use(_appParts),

  start: async ({ parts }, use, testInfo) => {
    const started: Services[] = [];
    await use(async (declared, changed = {}) => {
      const services = await Services.start({
        declared,
        cwdOf: () => testInfo.project.testDir,
        surroundings: { postgres: undefined, clickhouse: undefined, parallelIndex: 0 },
        record: () => undefined,
        parts: { ...parts, ...changed },
      });
      started.push(services);
      return services;
    });
    for (const services of started) await services[Symbol.asyncDispose]();
  },
});

/** A program in JavaScript. */
const node = (text: string): readonly [string, ...string[]] => [process.execPath, '--eval', text];
const listens = (port = 'process.env.PORT', host = "'127.0.0.1'"): string =>
  `require('node:http').createServer((_, answer) => answer.end(String(process.pid))).listen(${port}, ${host});`;
const stays = 'setInterval(() => {}, 1000);';

const refused: readonly { readonly title: string; readonly services: Declared; readonly error: string | RegExp }[] = [
  {
    title: 'a service that dies at once',
    services: { api: { command: node("console.log('one'); console.error('two'); process.exit(7)") } },
    error: /^The service 'api' ended by exit code 7 before it was ready\. The last 2 lines of api:\n {2}one\n {2}two$/,
  },
  {
    title: 'a service that dies at once and prints nothing',
    services: { api: { command: node('process.exit(1)') } },
    error: "The service 'api' ended by exit code 1 before it was ready. api has printed nothing.",
  },
  {
    title: 'a service that never listens',
    services: { api: { command: node(`console.log('soon'); ${stays}`), timeout: 300 } },
    error:
      /^The service 'api' was not ready within 0\.3 s: nothing listens on port \d+, which is the one that it was given\. The last line of api:\n {2}soon$/,
  },
  {
    title: 'a service that says at its path that it is not ready',
    services: {
      api: {
        command: node(listens().replace('answer.end', 'answer.writeHead(503).end')),
        ready: '/health',
        timeout: 1_000,
      },
    },
    error:
      /^The service 'api' was not ready within 1 s: http:\/\/127\.0\.0\.1:\d+\/health answers 503\. api has printed nothing\.$/,
  },
  {
    title: 'a service that never says that it is ready',
    services: { api: { command: node(stays), ready: /ready/, timeout: 200 } },
    error: "The service 'api' was not ready within 0.2 s: it has not printed /ready/. api has printed nothing.",
  },
  {
    title: 'a program that is not there',
    services: { api: { command: ['nodee', 'server.js'] } },
    error:
      "The service 'api' cannot be started: there is no program for its command, nodee server.js. api has printed nothing.",
  },
  {
    title: 'a command that the shell does not find',
    services: { api: { command: 'nodee server.js' } },
    error:
      /^The service 'api' cannot be started: the shell does not find its command, nodee server\.js\. The last line of api:\n.*nodee/,
  },
  {
    title: 'a service that takes the port of another',
    services: {
      api: { command: node(listens()) },
      other: {
        command: node(listens('process.env.TAKEN')),
        env: ({ services }) => ({ TAKEN: services.api!.port }),
      },
    },
    error:
      /^The service 'other' ended by exit code 1 before it was ready\. The last 10 lines of other:\n[^]*EADDRINUSE/,
  },
  {
    title: 'an environment that throws',
    services: {
      api: {
        command: node(stays),
        env: () => {
          throw new Error('no secret');
        },
      },
    },
    error: "The function 'env' of the service 'api' threw: no secret",
  },
  {
    title: 'an environment that asks for an unknown service',
    services: { api: { command: node(stays), env: ({ services }) => ({ OTHER: services['apu']!.url }) } },
    error: "The function 'env' of the service 'api' asks for the service 'apu', and there is none: did you mean api?",
  },
  {
    title: 'an environment that asks for a database that is not declared',
    services: { api: { command: node(stays), env: ({ postgres }) => ({ URL: postgres.url }) } },
    error:
      "The function 'env' of the service 'api' asks for postgres, and appOptions has no 'schema' that says what it is created with.",
  },
];

for (const { title, services, error } of refused) {
  test(`${title} is reported in one sentence`, async ({ start }) => {
    await expect(start(services)).rejects.toThrow(error);
  });
}

test('a service that listens on another port is told which', async ({ start }) => {
  test.skip(process.platform !== 'linux', 'only Linux tells which ports a process listens on');
  await expect(start({ api: { command: node(listens('0')), timeout: 500 } })).rejects.toThrow(
    /nothing listens on port (\d+), which is the one that it was given \(it listens on port \d+\)/,
  );
});

test('a service is ready when it answers, and not before', async ({ start }) => {
  const services = await start({ api: { command: node(`setTimeout(() => { ${listens()} }, 300)`), ready: '/' } });
  expect((await fetch(services.url('api'))).status).toBe(200);
});

test('a service that listens on IPv6 alone is found', async ({ start }) => {
  const services = await start({ api: { command: node(listens('process.env.PORT', "'::1'")), ready: '/' } });
  expect((await fetch(services.url('api'))).status).toBe(200);
});

test('a port that is taken in the moment before is replaced by another one', async ({ start, parts }) => {
  using ports = await Ports.open();
  const offered = [ports.closed, ports.taken]; // the last one first
  const services = await start(
    { api: { command: node(listens()) } },
    { ports: { ...parts.ports, choose: async () => offered.pop() ?? parts.ports.choose() } },
  );
  expect([ports.closed, ports.taken]).not.toContain(services.service('api').port);
});

test('a port is none that the system gives to outgoing connections', async ({ parts: { ports } }) => {
  const chosen = await Promise.all(Array.from({ length: 20 }, () => ports.choose()));
  expect(Math.max(...chosen)).toBeLessThan(firstPortOfSystem());
});

test('each service has a port of its own', async ({ start }) => {
  const services = await start({ one: { command: node(listens()) }, two: { command: node(listens()) } });
  const [one, two] = await Promise.all(['one', 'two'].map(async (name) => (await fetch(services.url(name))).text()));
  expect(one).not.toBe(two);
});

/** Starts a process that outlives it, if it can, and writes its id into a file. */
const startsAnother = (file: string): string =>
  `const { pid } = require('node:child_process').spawn(process.execPath, ['--eval', ${JSON.stringify(stays)}], { stdio: 'inherit' });
   require('node:fs').writeFileSync(${JSON.stringify(file)}, String(pid)); ${listens()}`;

for (const end of ['stop', 'kill'] as const) {
  test(`${end} ends what a service has started, too`, async ({ start }, testInfo) => {
    const file = testInfo.outputPath('pid');
    const services = await start({ api: { command: node(startsAnother(file)) } });
    const pid = Number(readFileSync(file, 'utf8'));
    expect(isAlive(pid)).toBe(true);
    await services.service('api')[end]();
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
}

test('freezing a service freezes what it has started, too', async ({ start }, testInfo) => {
  const program = testInfo.outputPath('server.cjs');
  writeFileSync(program, listens());
  // The shell is the leader, and waits for the server.
  const services = await start({ api: { command: `${process.execPath} ${program}; true`, ready: '/' } });
  services.service('api').freeze();
  const answer = fetch(services.url('api'), { signal: AbortSignal.timeout(200) });
  await expect(answer.then(({ status }) => status)).rejects.toThrow();
  services.service('api').thaw();
  expect((await fetch(services.url('api'))).status).toBe(200);
});

test('a stopped service can end by itself', async ({ start }, testInfo) => {
  const file = testInfo.outputPath('ended');
  const says = `process.on('SIGTERM', () => { require('node:fs').writeFileSync(${JSON.stringify(file)}, ''); process.exit(); });`;
  const services = await start({ api: { command: node(says + listens()) } });
  await services.service('api').stop();
  expect(existsSync(file)).toBe(true);
});

test('a service that dies again and again is given up, and says so', async ({ start }, testInfo) => {
  const file = testInfo.outputPath('once');
  const once = `const { existsSync, writeFileSync } = require('node:fs'); if (existsSync(${JSON.stringify(file)})) throw new Error('not twice'); writeFileSync(${JSON.stringify(file)}, '');`;
  const services = await start({ api: { command: node(once + listens()) } });
  await services.service('api').kill();
  await expect(services.ready()).rejects.toThrow(
    /^The service 'api' ended by exit code 1 again and again\. The last 10 lines of api:[^]*not twice/,
  );
  expect(services.service('api').starts).toBe(6);
});

test('programs of packages are found, and the declared environment is what a service sees', async ({ start }) => {
  const services = await start({
    api: {
      command: 'tsx --version && echo "$GIVEN $PROVING_GROUND_RUN." && sleep 100',
      ready: /7 \./,
      env: { GIVEN: 7, HOME: undefined },
    },
  });
  expect(services.log('api')).toMatch(/^tsx v[^]*\n7 \.$/);
});
