import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = [
  'README.md',
  ...['fixtures', 'helpers', 'reporters', 'specs'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => path.basename(file) === 'README.md')
      .map((file) => path.join(folder, file)),
  ),
];
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** The headings of a page, as GitHub writes them in its addresses. */
function anchors(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The blocks of a page in a language. */
function blocks(page: string, language: string): string[] {
  return [...read(page).matchAll(/^```(\w+)\n([^]*?)^```$/gm)]
    .filter(([, found]) => found === language)
    .map(([, , block]) => block!);
}

test('every link of a page leads to an existing file and heading', () => {
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)/g)].flatMap(([, file, anchor]) => {
      const target = file === '' ? page : path.posix.join(path.posix.dirname(page), file!);
      const leads = existsSync(path.join(root, target)) && (anchor === undefined || anchors(target).includes(anchor));
      return leads ? [] : [`${page}: ${file}${anchor === undefined ? '' : `#${anchor}`}`];
    }),
  );
  expect(pages.length).toBeGreaterThan(1);
  expect(broken).toEqual([]);
});

test('every npm script that a page names is in package.json', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = pages.flatMap((page) => [...read(page).matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name!));
  expect(named).toContain('faults');
  expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

test('every variable that a page names is in .env.example', () => {
  const known = new Set(read('.env.example').match(/\b[A-Z]+(?:_[A-Z]+)+\b/g));
  const named = pages.flatMap((page) => read(page).match(/\b(?:TEST|PROVING_GROUND)_[A-Z_]+[A-Z]\b/g) ?? []);
  expect(named).toContain('TEST_POSTGRES_URL');
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

test('every TypeScript example of a page compiles where its imports say it stands', ({}, testInfo) => {
  const folder = testInfo.outputPath('examples');
  mkdirSync(folder, { recursive: true });
  /** Where an example stands that is not beside its page. */
  const places: Readonly<Record<string, string>> = {
    'README.md': 'specs/databases',
    'helpers/README.md': 'helpers/faults',
    'reporters/cost-performance/README.md': 'specs/databases',
  };
  const files = pages.flatMap((page) =>
    blocks(page, 'ts').map((block, index) => {
      const file = path.join(folder, `${page.replaceAll(/\W/g, '-')}-${index}.ts`);
      const place = path.join(root, places[page] ?? path.dirname(page));
      const moved = block.replaceAll(/(?<=from ')\.[^']*/g, (module) =>
        path.relative(folder, path.resolve(place, module)),
      );
      writeFileSync(file, moved);
      return file;
    }),
  );
  expect(files.length).toBeGreaterThan(1);
  const project = path.join(folder, 'tsconfig.json');
  writeFileSync(
    project,
    JSON.stringify({ extends: path.relative(folder, path.join(root, 'tsconfig.json')), include: [], files }),
  );
  const compiler = path.join(root, 'node_modules/typescript-7/bin/tsc');
  const { stdout, stderr } = spawnSync(process.execPath, [compiler, '-p', project, '--pretty', 'false'], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  // What else is wrong is for `npm run types` to say.
  expect(stdout.split('\n').filter((line) => line.includes('/examples/'))).toEqual([]);
});
