import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { zipSync } from 'fflate';
import { binary, offer, paths, TestRegistry, wanted } from '../../testing/provider-registry.ts';
import { expect, test as base } from '../../testing/index.ts';
import { resolveProvider, type ResolvedProvider } from './index.ts';
import { parseAddress, sourceOf, thisPlatform } from './provider-address.ts';

const { os, arch } = thisPlatform();

/** `cache` is a folder of this test alone. */
const test = base.extend<{ cache: string; cached: () => string[] }>({
  cache: async ({ root }, use) => {
    await use(path.join(root.path, 'cache'));
  },
  /** What is in the cache. */
  cached: async ({ cache }, use) => {
    await use(() => readdirSync(path.join(cache, `user-${process.getuid!()}`)));
  },
});

/** Resolves `wanted` in a process of its own, and prints the result. */
const inProcess = (cache: string, registry: string): readonly string[] => [
  '--import',
  import.meta.resolve('tsx'),
  '--input-type=module',
  '--eval',
  `const { resolveProvider } = await import(${JSON.stringify(pathToFileURL(path.join(import.meta.dirname, 'index.ts')).href)});
   console.log(JSON.stringify(await resolveProvider(...${JSON.stringify([wanted, { cache, registry }])})));`,
];

test('a provider is fetched once, and is executable', async ({ cache, cached }) => {
  await using registry = await TestRegistry.open(await offer());
  const options = { cache, registry: registry.url };
  const found = await resolveProvider(wanted, options);
  expect(found).toMatchObject({ name: 'acme/dice', args: [], source: `${registry.url}/acme/dice`, version: '1.2.0' });
  expect(path.basename(found.command)).toBe(binary);
  const run = spawnSync(found.command, { encoding: 'utf8' });
  expect(run).toMatchObject({ status: 3, stdout: `dice at ${found.command}\n` });
  expect(registry.requests).toEqual(Object.values(paths).toSorted(inOrder));
  const { ino, mtimeMs } = statSync(found.command);

  await registry[Symbol.asyncDispose]();
  expect(await resolveProvider(wanted, options), 'without a network').toEqual(found);
  expect(statSync(found.command), 'it is never written again').toMatchObject({ ino, mtimeMs });
  expect(cached()).toHaveLength(1);
});

/** The order of the protocol's requests. */
function inOrder(one: string, other: string): number {
  const order: readonly string[] = [
    paths.discovery,
    paths.versions,
    paths.info,
    paths.sums,
    paths.signature,
    paths.zip,
  ];
  return order.indexOf(one) - order.indexOf(other);
}

test('of several processes and calls at once, one downloads', async ({ cache, cached, registryParts: parts }) => {
  const offered = await offer();
  await using registry = await TestRegistry.open(offered);
  const others = [1, 2, 3].map(async () => {
    const { stdout } = await promisify(execFile)(process.execPath, inProcess(cache, registry.url));
    return JSON.parse(stdout) as ResolvedProvider;
  });
  const calls = [1, 2].map(() => resolveProvider(wanted, { cache, registry: registry.url, parts }));
  const found = await Promise.all([...others, ...calls]);
  expect(new Set(found.map(({ command }) => command)).size).toBe(1);
  expect(registry.downloads).toBe(1);
  expect(cached()).toHaveLength(1);
});

test('a cached binary is not written again, while it runs neither', async ({ cache, registryParts: parts }) => {
  await using registry = await TestRegistry.open(await offer(zipSync({ [binary]: readFileSync('/bin/sleep') })));
  const options = { cache, registry: registry.url, parts };
  const { command } = await resolveProvider(wanted, options);
  const { ino, mtimeMs } = statSync(command);
  const running = spawn(command, ['60'], { argv0: 'sleep', stdio: 'ignore' });
  try {
    await once(running, 'spawn');
    const again = await resolveProvider(wanted, options).then(
      (found) => found.command,
      ({ message }: Error) => message,
    );
    expect(again).toBe(command);
    expect(statSync(command)).toMatchObject({ ino, mtimeMs });
    expect(registry.downloads).toBe(1);
  } finally {
    running.kill('SIGKILL');
  }
});

test('a process that is killed during its download delays no other', async ({ cache, cached }) => {
  const offered = await offer();
  let asked = (): void => undefined;
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  await using slow = await TestRegistry.open(offered, {
    [paths.zip]: (_request, response) => {
      if (slow.downloads > 1) return void response.end(offered.zip);
      response.write((offered.zip as Uint8Array).subarray(0, 50));
      asked();
    },
  });
  const victim = spawn(process.execPath, inProcess(cache, slow.url), { stdio: 'ignore' });
  await isAsked;
  const waiting = resolveProvider(wanted, { cache, registry: slow.url });
  victim.kill('SIGKILL');
  await once(victim, 'exit');
  expect((await waiting).name).toBe('acme/dice');
  expect(slow.downloads).toBe(2);
  expect(cached(), 'nothing of the killed process').toHaveLength(1);
});

test('each registry, version and system has an entry of its own in the cache', async ({ cache, cached }) => {
  await using one = await TestRegistry.open(await offer());
  await using other = await TestRegistry.open(await offer());
  const found = [one, other].map(({ url }) => resolveProvider(wanted, { cache, registry: url }));
  const [first, second] = await Promise.all(found);
  expect(first!.command).not.toBe(second!.command);
  expect([one.downloads, other.downloads]).toEqual([1, 1]);
  expect(cached().every((name) => name.endsWith(`dice%401.2.0-${os}_${arch}`))).toBe(true);
});

test('a redirect is followed, and addresses start from where it led', async ({ cache }) => {
  const offered = await offer();
  await using registry = await TestRegistry.open(
    { ...offered, info: { ...(offered.info as object), download_url: '/moved' } },
    { '/moved': moved(paths.zip) },
  );
  await using first = await TestRegistry.open({ discovery: moved(registry.url + paths.discovery) });
  expect((await resolveProvider(wanted, { cache, registry: first.url })).source).toBe(`${first.url}/acme/dice`);
  expect(first.requests).toEqual([paths.discovery]);
  expect(registry.downloads).toBe(1);
});

function moved(location: string): RequestListener {
  return (_request, response) => void response.writeHead(302, { location }).end();
}

test('a name may have a host, and its letters may be capitals', () => {
  const read = (text: string, registry?: string): string => {
    const address = parseAddress(text, registry)!;
    return `${sourceOf(address)} ${address.version}`;
  };
  expect(read('hashicorp/random@3.6.0')).toBe('registry.terraform.io/hashicorp/random 3.6.0');
  expect(read('Acme/Dice@1.0.0-rc.1+b', 'https://mirror:8443/')).toBe('mirror:8443/acme/dice 1.0.0-rc.1+b');
  expect(read('Registry.Example.com/acme/dice@1', 'http://mirror')).toBe('registry.example.com/acme/dice 1');
  for (const other of [
    'acme/dice',
    'dice@1.0.0',
    'a/b/c/d@1',
    '../dice@1',
    'acme/..@1',
    'acme/dice@../1',
    'acme/dice@',
  ])
    expect(parseAddress(other), other).toBeUndefined();
});

test('a path is taken as it is, and its name says its version', async ({ cache, root }) => {
  const file = (name: string): string => {
    const made = path.join(root.path, name);
    writeFileSync(made, '', { mode: 0o755 });
    return made;
  };
  const [full, bare] = [file(binary), file('mine')];
  const options = { cache, registry: undefined };
  expect(await resolveProvider(full, options)).toEqual({
    name: full,
    command: full,
    args: [],
    source: full,
    version: '1.2.0',
  });
  expect(await resolveProvider(bare, options)).toMatchObject({ name: bare, command: bare, version: undefined });
});
