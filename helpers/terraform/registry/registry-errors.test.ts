import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { strToU8 } from 'fflate';
import { EnvironmentUnavailable } from '../../lib/environment.ts';
import { expect, test } from '../../testing/index.ts';
import { Ports } from '../../testing/ports.ts';
import { limits, mends, type Refusal, refusal, testRefusals } from '../../testing/provider-refusals.ts';
import { offer, paths, TestRegistry, wanted, withInfo } from '../../testing/provider-registry.ts';
import { resolveProvider } from './index.ts';
import { thisPlatform } from './provider-address.ts';

const { os, arch } = thisPlatform();
const { another, network, operators } = mends;

testRefusals([
  {
    title: 'an unknown provider',
    wanted: 'acme/coin@1.2.0',
    sentence:
      /^acme\/coin@1.2.0 of \S+ does not exist, since that registry has no acme\/coin: correct the name, or set/,
  },
  {
    title: 'an unknown version',
    wanted: 'acme/dice@1.3.0',
    sentence: /^acme\/dice@1.3.0 of \S+ does not exist: choose 1.10.0, 1.2.0, 0.9.0, or set TEST_PROVIDER to the path/,
  },
  {
    title: 'a version that is not built for this system',
    wanted: 'acme/dice@1.10.0',
    sentence: `is not built for ${os}_${arch}, but for plan9_mips: ${another}`,
  },
  {
    title: 'a build that the registry lists and does not have',
    answers: { [paths.info]: 404 },
    sentence: `is not built for ${os}_${arch}: ${another}`,
  },
  {
    title: 'a version of an older plugin protocol',
    wanted: 'acme/dice@0.9.0',
    sentence: `speaks the plugin protocol 4.0, and not 5 or 6: ${another}`,
  },
  {
    title: 'a host that is no registry',
    answers: { [paths.discovery]: 404 },
    sentence: /is not to be had, since that host is no provider registry: name another registry, or set/,
  },
  ...Object.entries({
    'a page': strToU8('<p>Log in</p>'),
    'other services': { 'modules.v1': '/' },
  }).map(([what, answer]): Refusal => ({
    title: `a registry that answers ${what}`,
    answers: { [paths.discovery]: answer },
    sentence: `/.well-known/terraform.json answers what no provider registry does): ${operators}`,
  })),
  {
    title: 'a registry that has failed',
    answers: { [paths.versions]: 503 },
    sentence: `cannot be fetched (`,
  },
  {
    title: 'a malformed address',
    offered: async () => withInfo(await offer(), { download_url: 'http://' }),
    sentence: `has the wrong address http://: ${another}`,
  },
  {
    title: 'a download that breaks off',
    answers: {
      [paths.zip]: (_request, response) => {
        response.writeHead(200, { 'content-length': 1_000 });
        response.write('half', () => response.destroy());
      },
    },
    sentence: `/files/dice.zip: other side closed): ${network}`,
  },
  {
    title: 'a registry that says nothing',
    answers: { [paths.discovery]: () => undefined },
    limits: { ...limits, silence: 100 },
    sentence: `/.well-known/terraform.json: nothing came for 0.1 s): ${network}`,
  },
  {
    title: 'a download that stops',
    answers: { [paths.zip]: (_request, response) => void response.write('half') },
    limits: { ...limits, silence: 100 },
    sentence: `/files/dice.zip: nothing came for 0.1 s): ${network}`,
  },
  {
    title: 'a download that goes on for ever',
    answers: { [paths.zip]: (_request, response) => void setInterval(() => response.write('a'), 10).unref() },
    limits: { ...limits, total: 500 },
    sentence: `/files/dice.zip: it took longer than 0.5 s): ${network}`,
  },
  {
    title: 'a download that is too large',
    answers: { [paths.zip]: Buffer.alloc(limits.bytes + 1) },
    sentence: `/files/dice.zip: it is larger than 100000 bytes): ${network}`,
  },
  {
    title: 'redirects in a circle',
    answers: {
      [paths.discovery]: (request, response) => void response.writeHead(302, { location: request.url! }).end(),
    },
    sentence: `/.well-known/terraform.json: redirect count exceeded): ${network}`,
  },
]);

test('a registry that cannot be reached is one sentence', async ({ root }) => {
  using ports = await Ports.open();
  expect(await refusal(wanted, root.path, `http://127.0.0.1:${ports.closed}`)).toBe(
    `${wanted} of 127.0.0.1:${ports.closed} cannot be fetched (http://127.0.0.1:${ports.closed}/.well-known/terraform.json: ` +
      `connect ECONNREFUSED 127.0.0.1:${ports.closed}): ${network}`,
  );
  expect(await refusal('registry.invalid/acme/dice@1.2.0', root.path)).toMatch(
    /^acme\/dice@1.2.0 of registry.invalid cannot be fetched \(https:\S+: getaddrinfo E\w+ registry.invalid\): connect/,
  );
});

const choice = "set it to the path of a provider's binary, or to a name such as hashicorp/random@3.6.0.";

test('a path without an executable file is one sentence', async ({ root }) => {
  const [folder, file] = ['folder', 'file'].map((name) => path.join(root.path, name)) as [string, string];
  mkdirSync(folder);
  writeFileSync(file, '', { mode: 0o644 });
  const options = { cache: undefined, registry: undefined };
  for (const [named, why] of [
    ['hashicorp/random', `does not exist: ${choice}`],
    [`${file}/provider`, `does not exist: ${choice}`],
    [folder, `is no file: ${choice}`],
    [file, `this user may not execute: run chmod +x ${file}.`],
  ] as const)
    await expect(resolveProvider(named, options), named).rejects.toThrow(
      new EnvironmentUnavailable(`TEST_PROVIDER names ${named}, which ${why}`),
    );
});

test('a run ends before its first test when its provider cannot be had', async ({ root, runInlineTest }) => {
  await using registry = await TestRegistry.open(await offer(), { [paths.zip]: strToU8('changed') });
  const cache = path.join(root.path, 'cache');
  const files = { 'a.spec.ts': "import { test } from '@playwright/test'; test('never runs', () => {});" };
  for (const [env, sentence] of [
    [
      { TEST_PROVIDER: wanted, TEST_PROVIDER_REGISTRY: registry.url },
      `${wanted} of ${new URL(registry.url).host} is not`,
    ],
    [{ TEST_PROVIDER: './mine' }, `TEST_PROVIDER names ./mine, which does not exist: ${choice}`],
  ] as const) {
    const { errors, tests, exitCode } = await runInlineTest(files, { env: { ...env, PROVING_GROUND_CACHE: cache } });
    expect(errors).toEqual([expect.stringContaining(`Environment unavailable: ${sentence}`)]);
    expect(tests).toEqual([]);
    expect(exitCode).toBe(1);
  }
  const left = readdirSync(root.path, { recursive: true, encoding: 'utf8' });
  expect(left.filter((entry) => !/^cache(\/user-\d+)?$/.test(entry))).toEqual([]);
});
