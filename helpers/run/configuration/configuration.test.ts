import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { withEnvironment } from '../../testing/environment.ts';
import { type Configuration, loadConfiguration, readConfiguration } from './index.ts';

const checkout = path.resolve(import.meta.dirname, '../../..');

const defaults: Configuration = {
  target: 'local',
  postgres: {
    url: undefined,
    host: undefined,
    port: undefined,
    user: undefined,
    password: undefined,
    database: undefined,
    image: 'postgres:18',
    maxDatabases: 100,
    settings: {},
    locale: undefined,
  },
  clickhouse: {
    url: undefined,
    host: undefined,
    port: undefined,
    user: undefined,
    password: undefined,
    image: 'clickhouse/clickhouse-server:26.8',
  },
  tasks: { image: 'node:24-slim' },
  platform: { url: undefined, secret: undefined, email: undefined, password: undefined },
  app: { urls: {} },
  orchestration: { store: undefined, histories: undefined, replay: undefined },
  provider: { wanted: undefined, registry: undefined, debug: false },
  browser: undefined,
  folder: undefined,
  cache: undefined,
  keep: 'on-failure',
  fault: undefined,
  run: undefined,
};

test('an empty environment gives the defaults', () => {
  expect(readConfiguration({})).toEqual(defaults);
});

test('every variable is read', () => {
  const configuration = readConfiguration({
    TARGET: 'docker',
    TEST_POSTGRES_URL: 'postgresql://ana:secret@db.example.com:5433/app?sslmode=require',
    TEST_POSTGRES_HOST: 'localhost',
    TEST_POSTGRES_PORT: '65535',
    TEST_POSTGRES_USER: 'ben',
    TEST_POSTGRES_PASSWORD: ' spaces stay ',
    TEST_POSTGRES_DATABASE: 'app',
    TEST_POSTGRES_IMAGE: 'postgres:14-alpine',
    TEST_POSTGRES_MAX_DATABASES: '7',
    TEST_POSTGRES_SETTINGS: 'wal_level = logical; shared_preload_libraries=a,b;',
    TEST_POSTGRES_LOCALE: 'icu:de-DE',
    TEST_CLICKHOUSE_URL: 'https://ana:secret@ch.example.com:8443',
    TEST_CLICKHOUSE_HOST: 'localhost',
    TEST_CLICKHOUSE_PORT: '8124',
    TEST_CLICKHOUSE_USER: 'cleo',
    TEST_CLICKHOUSE_PASSWORD: 'pa ss',
    TEST_CLICKHOUSE_IMAGE: 'clickhouse:26',
    TEST_TASK_IMAGE: 'node:26',
    TEST_PLATFORM_URL: 'https://platform.example.com',
    TEST_APP_URLS: 'https://api.example.com, admin=https://admin.example.com',
    TEST_PLATFORM_SECRET: 'signs tokens',
    TEST_PLATFORM_EMAIL: 'dora@example.com',
    TEST_PLATFORM_PASSWORD: 'sesame',
    TEST_BROWSER_PATH: '/usr/bin/chromium',
    ORCHESTRATION_STORE: './my-store.ts',
    ORCHESTRATION_HISTORIES: '200',
    ORCHESTRATION_REPLAY: '7:12:0',
    TEST_PROVIDER: 'hashicorp/random@3.6.0',
    TEST_PROVIDER_REGISTRY: 'https://registry.example.com:8443',
    TEST_PROVIDER_DEBUG: 'true',
    PROVING_GROUND_FOLDER: '/runs',
    PROVING_GROUND_CACHE: '/cache',
    PROVING_GROUND_KEEP: 'never',
    PROVING_GROUND_FAULT: 'someFault',
    PROVING_GROUND_RUN: '/runs/proving-ground-0badcafe',
    SOMEBODY_ELSES: 'is none of our business',
  });
  expect(configuration).toEqual({
    target: 'docker',
    postgres: {
      url: 'postgresql://ana:secret@db.example.com:5433/app?sslmode=require',
      host: 'localhost',
      port: 65_535,
      user: 'ben',
      password: ' spaces stay ',
      database: 'app',
      image: 'postgres:14-alpine',
      maxDatabases: 7,
      settings: { wal_level: 'logical', shared_preload_libraries: 'a,b' },
      locale: 'icu:de-DE',
    },
    clickhouse: {
      url: 'https://ana:secret@ch.example.com:8443',
      host: 'localhost',
      port: 8124,
      user: 'cleo',
      password: 'pa ss',
      image: 'clickhouse:26',
    },
    tasks: { image: 'node:26' },
    platform: {
      url: 'https://platform.example.com',
      secret: 'signs tokens',
      email: 'dora@example.com',
      password: 'sesame',
    },
    app: { urls: { '': 'https://api.example.com', admin: 'https://admin.example.com' } },
    orchestration: { store: './my-store.ts', histories: 200, replay: [7, '12:0'] },
    provider: { wanted: 'hashicorp/random@3.6.0', registry: 'https://registry.example.com:8443', debug: true },
    browser: '/usr/bin/chromium',
    folder: '/runs',
    cache: '/cache',
    keep: 'never',
    fault: 'someFault',
    run: '/runs/proving-ground-0badcafe',
  });
});

test('an empty string counts as unset', () => {
  const names = namesInExample();
  expect(names).toContain('TEST_POSTGRES_PORT');
  expect(readConfiguration(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(defaults);
});

test("a failed test's database is kept only outside CI", () => {
  expect(readConfiguration({}).keep).toBe('on-failure');
  expect(readConfiguration({ CI: 'true' }).keep).toBe('never');
  expect(readConfiguration({ CI: '' }).keep).toBe('on-failure');
  expect(readConfiguration({ CI: 'true', PROVING_GROUND_KEEP: 'on-failure' }).keep).toBe('on-failure');
});

test('TARGET=remote accepts a URL, a host, or neither, since services may be declared by their addresses', () => {
  expect(readConfiguration({ TARGET: 'remote' }).target).toBe('remote');
  expect(readConfiguration({ TARGET: 'remote', TEST_POSTGRES_URL: 'postgres://db' }).postgres.url).toBe(
    'postgres://db',
  );
  expect(readConfiguration({ TARGET: 'remote', TEST_POSTGRES_HOST: 'db' }).postgres.host).toBe('db');
});

test.describe('refuses in one sentence', () => {
  const port = 'expected a whole number from 1 to 65535';
  const url = 'expected postgresql://user:password@host:port/database';
  const refusals: readonly (readonly [name: string, value: string, sentence: string])[] = [
    [
      'TEST_POSTGRES_PROT',
      '5432',
      'TEST_POSTGRES_PROT is not a variable that Proving Ground knows: did you mean TEST_POSTGRES_PORT?',
    ],
    [
      'TEST_POSTGRES_USERNAME',
      'ana',
      'TEST_POSTGRES_USERNAME is not a variable that Proving Ground knows: did you mean TEST_POSTGRES_USER?',
    ],
    [
      'PROVING_GROUND_FOLDERS',
      '/runs',
      'PROVING_GROUND_FOLDERS is not a variable that Proving Ground knows: did you mean PROVING_GROUND_FOLDER?',
    ],
    [
      'PROVING_GROUND_BROWSER_CHANNEL',
      '',
      'PROVING_GROUND_BROWSER_CHANNEL is not a variable that Proving Ground knows: see .env.example for those it does.',
    ],
    ['TARGET', 'lokal', 'TARGET="lokal" is malformed: expected local, docker or remote.'],
    ['TEST_POSTGRES_PORT', 'abc', `TEST_POSTGRES_PORT="abc" is malformed: ${port}.`],
    ['TEST_POSTGRES_PORT', '0', `TEST_POSTGRES_PORT="0" is malformed: ${port}.`],
    ['TEST_POSTGRES_PORT', '65536', `TEST_POSTGRES_PORT="65536" is malformed: ${port}.`],
    ['TEST_POSTGRES_PORT', '5432.5', `TEST_POSTGRES_PORT="5432.5" is malformed: ${port}.`],
    ['TEST_POSTGRES_PORT', '0x1538', `TEST_POSTGRES_PORT="0x1538" is malformed: ${port}.`],
    [
      'TEST_POSTGRES_MAX_DATABASES',
      '0',
      'TEST_POSTGRES_MAX_DATABASES="0" is malformed: expected a whole number from 1 to 1000000.',
    ],
    [
      'TEST_POSTGRES_MAX_DATABASES',
      '-5',
      'TEST_POSTGRES_MAX_DATABASES="-5" is malformed: expected a whole number from 1 to 1000000.',
    ],
    ['PROVING_GROUND_KEEP', 'always', 'PROVING_GROUND_KEEP="always" is malformed: expected on-failure or never.'],
    // The value is not shown, because it may contain a password.
    ['TEST_POSTGRES_URL', 'mysql://ana:secret@db/app', `TEST_POSTGRES_URL=… is malformed: ${url}.`],
    ['TEST_POSTGRES_URL', 'db:5432', `TEST_POSTGRES_URL=… is malformed: ${url}.`],
    ['TEST_POSTGRES_URL', 'db', `TEST_POSTGRES_URL=… is malformed: ${url}.`],
    [
      'TEST_POSTGRES_URL',
      'postgres://ana:100%@db/app',
      'TEST_POSTGRES_URL=… is malformed: expected special characters as %.., a percent sign as %25.',
    ],
    [
      'TEST_POSTGRES_URL',
      'postgres://db/app?options=-c%20search_path%3Dapp',
      'TEST_POSTGRES_URL=… is malformed: expected no options in it, which would replace those that a run gives ' +
        'its sessions.',
    ],
    [
      'TEST_POSTGRES_HOST',
      'db',
      'TEST_POSTGRES_HOST is set, and without TARGET nothing uses it: set TARGET=remote to run against that ' +
        'server, or TARGET=local not to.',
    ],
    [
      'TEST_CLICKHOUSE_URL',
      'clickhouse://db:9000',
      'TEST_CLICKHOUSE_URL=… is malformed: expected http://user:password@host:port.',
    ],
    [
      'TEST_PROVIDERS',
      'hashicorp/random@3.6.0',
      'TEST_PROVIDERS is not a variable that Proving Ground knows: did you mean TEST_PROVIDER?',
    ],
    ['TEST_PROVIDER_DEBUG', 'yes', 'TEST_PROVIDER_DEBUG="yes" is malformed: expected true or false.'],
    ['TEST_PROVIDER_REGISTRY', 'registry.example.com', 'TEST_PROVIDER_REGISTRY=… is malformed: expected https://host.'],
    ...['https://ana:secret@host', 'https://host/v1', 'https://host?a=b'].map((value): [string, string, string] => [
      'TEST_PROVIDER_REGISTRY',
      value,
      'TEST_PROVIDER_REGISTRY=… is malformed: expected https://host alone.',
    ]),
    ['TEST_PLATFORM_URL', 'platform:8080', 'TEST_PLATFORM_URL=… is malformed: expected http://host:port.'],
    ['TEST_CLICKHOUSE_PORT', '0', 'TEST_CLICKHOUSE_PORT="0" is malformed: expected a whole number from 1 to 65535.'],
    [
      'TEST_CLICKHOUSE_HOST',
      'db',
      'TEST_CLICKHOUSE_HOST is set, and without TARGET nothing uses it: set TARGET=remote to run against that ' +
        'server, or TARGET=local not to.',
    ],
  ];

  for (const [name, value, sentence] of refusals) {
    test(`${name}=${value} is refused in one sentence`, () => {
      expect(() => readConfiguration({ [name]: value })).toThrow(
        expect.objectContaining({ name: 'Environment unavailable', message: sentence }),
      );
    });
  }
});

test('a deployed platform needs TEST_PLATFORM_SECRET', () => {
  expect(() => readConfiguration({ TARGET: 'remote', TEST_PLATFORM_URL: 'http://platform:8080' })).toThrow(
    'TEST_PLATFORM_URL needs TEST_PLATFORM_SECRET: what that platform signs its tokens with.',
  );
});

test('.env.example shows known variables only', () => {
  const names = namesInExample();
  expect(names).toHaveLength(new Set(names).size);
  for (const name of names) expect(() => readConfiguration({ [name]: '' }), name).not.toThrow();
});

test('.env is read, and the environment wins', ({}, testInfo) => {
  const folder = testInfo.outputPath();
  writeFileSync(path.join(folder, '.env'), 'TEST_POSTGRES_USER=from-the-file\nTEST_POSTGRES_DATABASE=from-the-file\n');
  const environment = { TEST_POSTGRES_USER: 'from-the-environment', TEST_POSTGRES_DATABASE: undefined };
  expect(withEnvironment(environment, () => loadConfiguration(folder)).postgres).toMatchObject({
    user: 'from-the-environment',
    database: 'from-the-file',
  });
});

function namesInExample(): string[] {
  const example = readFileSync(path.join(checkout, '.env.example'), 'utf8');
  return [...example.matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name!);
}
