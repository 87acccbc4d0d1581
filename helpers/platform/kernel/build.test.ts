import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../../lib/cache.ts';
import { expect, test as base } from '../../testing/index.ts';
import { buildPlatform } from '../index.ts';
import { buildBundle, type BundleOptions } from './build.ts';

interface Workshop {
  /** Writes a module of a process, dated a minute ago. */
  write(name: string, text: string): void;
  /** Bundles the module `greeting.ts`. Returns the bundle's folder. */
  build(options?: Partial<BundleOptions>): Promise<string>;
  /** This user's cache folder. */
  readonly cache: string;
}

const test = base.extend<{ workshop: Workshop }>({
  workshop: async ({}, use, testInfo) => {
    const [shared, source] = [testInfo.outputPath('cache'), testInfo.outputPath('source')];
    mkdirSync(source, { recursive: true });
    await use({
      cache: cacheFolder(shared, 'the platform'),
      write(name, text) {
        const file = path.join(source, name);
        writeFileSync(file, text);
        const before = new Date(Date.now() - 60_000);
        utimesSync(file, before, before);
      },
      build: async (options) =>
        (await buildBundle({ cache: shared, source, entries: ['greeting'], decorator: undefined, ...options }))
          .connection as string,
    });
  },
});

test('a bundle is rebuilt when one of its inputs changes, and only then', async ({ workshop }) => {
  const { build, write } = workshop;
  const says = (bundle: string): string =>
    execFileSync(process.execPath, [path.join(bundle, 'greeting.cjs')], { encoding: 'utf8' });
  write('greeting.ts', `import { name } from './name.ts'; export const run = () => console.log('Hello, ' + name);`);
  write('name.ts', `export const name: string = 'Ana';`);
  write('other.ts', `export const other = 1;`);
  const first = await build();
  expect(says(first)).toBe('Hello, Ana\n');

  write('other.ts', `export const other = 2;`);
  expect(await build(), 'with a change of what is no input').toBe(first);

  write('name.ts', `export const name: string = 'Bob';`);
  expect(says(await build())).toBe('Hello, Bob\n');

  write('name.ts', `export const name: string = 'Ana';`);
  expect(await build(), 'with the input as it was').toBe(first);
});

test('a bundle with a decorator is separate and passes it to the process', async ({ workshop }, testInfo) => {
  const { build, write } = workshop;
  write('greeting.ts', `export const run = (decorate = () => 'plain') => console.log(decorate());`);
  write('decorator.ts', `export const decorate = () => 'decorated';`);
  const bundles = [await build(), await build({ decorator: testInfo.outputPath('source', 'decorator.ts') })];
  const said = bundles.map((bundle) =>
    execFileSync(process.execPath, [path.join(bundle, 'greeting.cjs')], { encoding: 'utf8' }),
  );
  expect(said).toEqual(['plain\n', 'decorated\n']);
});

test('an input that changes while it is bundled makes the next run bundle again', async ({ workshop }, testInfo) => {
  const { build, write } = workshop;
  write('greeting.ts', `export const run = () => undefined;`);
  const soon = new Date(Date.now() + 3_600_000);
  utimesSync(testInfo.outputPath('source', 'greeting.ts'), soon, soon);
  const first = await build();
  write('greeting.ts', `export const run = () => undefined;`);
  expect(await build()).not.toBe(first);
});

test("the platforms' bundle is made of our own modules and of packages, and of no fault", async ({
  workshop,
}, testInfo) => {
  const bundle = (await buildPlatform({ cache: testInfo.outputPath('cache') })).connection as string;
  const inputs = Object.keys(JSON.parse(readFileSync(path.join(bundle, 'inputs.json'), 'utf8')) as object);
  expect(inputs).toEqual(
    expect.arrayContaining([
      'helpers/platform/sessions/workspace/main.ts',
      'helpers/lib/text.ts',
      'node_modules/fastify/fastify.js',
    ]),
  );
  expect(inputs.filter((file) => file.startsWith('helpers/faults/'))).toEqual([]);
  expect(path.dirname(bundle)).toBe(workshop.cache);
});

test('a bundle is built once and removed after a day without runs', async ({ workshop: { cache, write, build } }) => {
  const made = (name: string, hours: number): void => {
    const time = new Date(Date.now() - hours * 3_600_000);
    mkdirSync(path.join(cache, name), { recursive: true });
    utimesSync(path.join(cache, name), time, time);
  };
  made('platform-of-yesterday', 25);
  made('platform-of-today', 23);
  made('of-another-user', 25);
  write('greeting.ts', 'export const run = () => undefined;');

  const bundle = await build();
  expect(readdirSync(cache).toSorted()).toEqual(
    ['of-another-user', 'platform-of-today', path.basename(bundle)].toSorted(),
  );

  made(path.basename(bundle), 25);
  await build();
  expect(Date.now() - statSync(bundle).mtimeMs, 'milliseconds since a run has begun with it').toBeLessThan(3_600_000);
});
