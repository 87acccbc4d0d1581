import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test as base } from '../../../../testing/index.ts';
import { WholeFiles } from '../files.ts';
import { Site } from '../site/site.ts';
import { editor } from './index.ts';

interface EditorFixtures {
  folder: string;
  site: Site;
  /** Executes an instruction; returns the path of the changed page. */
  execute: (instruction: string) => Promise<string>;
}

const test = base.extend<EditorFixtures>({
  folder: async ({}, use, testInfo) => {
    const folder = testInfo.outputPath('volume/site');
    mkdirSync(folder, { recursive: true });
    await use(folder);
  },

  site: async ({ folder }, use) => {
    const files = new WholeFiles(path.join(folder, '.git/unfinished'));
    await files.clear();
    await use(new Site(folder, files, () => undefined));
  },

  execute: async ({ site }, use) => {
    await use(
      async (instruction) =>
        (
          await editor.carryOut(
            editor.understand(instruction),
            site,
            { rest: () => Promise.resolve() },
            new AbortController().signal,
          )
        ).path,
    );
  },
});

test('a title is treated as data', async ({ folder, site, execute }) => {
  const hostile = [
    '"; rm -rf / #',
    '$(touch x)',
    '`touch x`',
    "'; DROP TABLE pages; --",
    '<script>alert(1)</script>',
    '../../../etc/passwd',
    '..',
    '.git/config',
    'con\nfig',
    '日本語',
    '🎉',
    '\ud83c',
    '{{7*7}}',
    '%2e%2e',
    'import.meta.glob("/etc/*")',
    'constructor',
    '__proto__',
    'a\0b',
    'x'.repeat(10_000),
  ];
  for (const title of hostile)
    expect(await execute(`Add a new page called "${title}"`), title).toMatch(/^\/[a-z0-9-]{1,64}$/);
  expect((await site.pages()).map(({ title }) => title).toSorted()).toEqual(hostile.toSorted());
  expect(readdirSync(path.dirname(folder))).toEqual(['site']);
  expect(readdirSync(folder).toSorted()).toEqual(['.git', 'src']);
  expect(readdirSync(path.join(folder, 'src'))).toEqual(['pages']);
});

test('each title has its own page, and the same title the same page', async ({ site, execute }) => {
  const titles = fc
    .string({
      unit: fc.oneof(
        fc.constantFrom('a', 'A', '!', ' ', '-', '日', '\u0301'),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      ),
      minLength: 1,
      maxLength: 6,
    })
    .map((title) => title.trim())
    .filter((title) => title !== '');
  const seen = new Map<string, string>();
  const { counterexample } = await fc.check(
    fc.asyncProperty(titles, async (title) => {
      const at = await execute(`Create page "${title}"`);
      const before = seen.get(title);
      seen.set(title, at);
      return before === undefined ? new Set(seen.values()).size === seen.size : before === at;
    }),
    { numRuns: 100 },
  );
  expect(counterexample).toBeNull();
  expect(await site.pages()).toHaveLength(seen.size);
});

test('"it" is the page changed last, and an old address redirects to it', async ({ site, execute }) => {
  await expect(execute('Call it "Home" instead')).rejects.toThrow('There is no page yet that "it" could be');
  await execute('Create page A');
  await execute('Create page B');
  expect(await execute('Write "some text" on "A"')).toBe('/a');
  expect(await execute('Call it "Home" instead')).toBe('/home');
  expect(await site.pages()).toMatchObject([
    { slug: 'b', title: 'B', text: '' },
    { slug: 'home', title: 'Home', text: 'some text', formerly: ['a'] },
  ]);
  await expect(execute('Call it "B"')).rejects.toThrow('There is a page called "B" already');
  expect(await execute('Delete the page "Home"')).toBe('/');
  await expect(execute('Delete the page "Home"')).rejects.toThrow('There is no page called "Home"');
  expect(await execute('Call it "C"')).toBe('/c');
});

test('new pages continue the numbering, and an interruption leaves whole pages', async ({ site, execute }) => {
  await execute('Add 3 pages');
  expect(await execute('Add 2 more pages')).toBe('/page-5');
  expect(await site.pages()).toHaveLength(5);
  const interruption = new AbortController();
  interruption.abort();
  const outcome = await editor.carryOut(
    editor.understand('Add 50 pages'),
    site,
    { rest: () => Promise.resolve() },
    interruption.signal,
  );
  expect(outcome).toEqual({ files: ['src/pages/page-6.json'], path: '/page-6', interrupted: true });
  for (const count of [0, 1_001])
    expect(() => editor.understand(`Add ${count} pages`)).toThrow('From 1 to 1000 pages can be added at once');
});

test('a file is created among the components or refused', async ({ folder, execute }) => {
  for (const name of [
    '../../etc/passwd',
    '/etc/passwd',
    'components/../../x',
    'components/.env',
    '.git/config',
    'components/',
    'a\\b',
    'a//b',
  ]) {
    await expect(execute(`Create a ${name} file`), name).rejects.toThrow('cannot be made');
  }
  expect(readdirSync(folder)).toEqual(['.git']);
  await execute('Create a components/Header file');
  await execute('Create a src/components/menu/Item.astro file');
  await execute('Update Header with new content');
  expect(readFileSync(path.join(folder, 'src/components/Header.astro'), 'utf8')).toBe(
    '<section>\n  <h2>Header</h2>\n  <p>new content</p>\n</section>\n',
  );
  expect(readdirSync(path.join(folder, 'src/components/menu'))).toEqual(['Item.astro']);
});

test('a symbolic link is not followed', async ({ folder, execute }) => {
  const outside = path.join(path.dirname(folder), 'outside');
  mkdirSync(outside);
  writeFileSync(path.join(outside, 'a.json'), 'theirs');
  mkdirSync(path.join(folder, 'src/pages'), { recursive: true });
  symlinkSync(path.join(outside, 'a.json'), path.join(folder, 'src/pages/a.json'));
  symlinkSync(outside, path.join(folder, 'src/components'));
  await expect(execute('Create page A')).rejects.toThrow('src/pages/a.json is no file of this workspace');
  await expect(execute('Create a components/Header file')).rejects.toThrow(
    'src/components is no folder of this workspace',
  );
  expect(readdirSync(outside)).toEqual(['a.json']);
  expect(readFileSync(path.join(outside, 'a.json'), 'utf8')).toBe('theirs');
});
