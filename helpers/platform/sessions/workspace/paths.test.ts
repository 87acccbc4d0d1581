import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from '../../../testing/index.ts';
import { WorkspaceError } from './errors.ts';
import { folderName, isInside, realFolder, workspacePath } from './paths.ts';
import { maySee } from './preview/guard.ts';

/** Malicious and ordinary ids. */
const ids = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom('.', '/', '\\', '\0', '%', '2', 'e', 'E', 'a', 'A', 'é', 'e\u0301', '\ud800', '@', '~'),
    maxLength: 8,
  }),
  fc.emailAddress(),
);

const nameOf = (id: string): string | undefined => {
  try {
    return folderName('userId', id);
  } catch (error) {
    if (error instanceof WorkspaceError) return undefined;
    throw error;
  }
};

test("an id's folder is one level inside the root, or refused", () => {
  const { counterexample } = fc.check(
    fc.property(ids, (id) => {
      const name = nameOf(id);
      return (
        name === undefined ||
        (path.dirname(path.join('/root', name)) === '/root' &&
          name !== '.git' &&
          name.length <= 255 &&
          !/[\0/\\]/.test(name))
      );
    }),
    { numRuns: 5_000 },
  );
  expect(counterexample).toBeNull();
});

test('two ids never share a folder, even where the file system ignores case', () => {
  const same = (name: string | undefined): string | undefined => name?.normalize('NFC').toLowerCase();
  const { counterexample } = fc.check(
    fc.property(
      ids,
      ids,
      (one, other) => one === other || nameOf(one) === undefined || same(nameOf(one)) !== same(nameOf(other)),
    ),
    { numRuns: 5_000 },
  );
  expect(counterexample).toBeNull();
  expect(new Set(['Ana', 'ana', '%41na', 'Ana '].map((id) => same(nameOf(id)))).size).toBe(4);
});

test('a plain id or address is its own folder name', () => {
  expect(workspacePath('acme', 'user1@test.com')).toEqual(['acme', 'user1@test.com', 'project']);
});

test('an invalid path segment is refused by name', () => {
  for (const id of [
    '',
    '.',
    '..',
    '../x',
    '.git',
    'a/b',
    'a\\b',
    'a\0',
    '\n',
    '\ud800',
    'x'.repeat(256),
    'é'.repeat(50),
  ])
    expect(() => folderName('userId', id), JSON.stringify(id)).toThrow(/^userId /);
});

test('a symbolic link is no folder of a workspace', async ({}, testInfo) => {
  const root = testInfo.outputPath('root');
  mkdirSync(path.join(root, 'acme/ben'), { recursive: true });
  symlinkSync(path.join(root, 'acme/ben'), path.join(root, 'acme/ana'));
  await expect(realFolder(root, ['acme', 'ana', 'project'], true)).rejects.toThrow(
    'acme/ana is no folder of this workspace',
  );
  expect(existsSync(path.join(root, 'acme/ben/project'))).toBe(false);
});

test('a file outside the site cannot be read under the name of one inside', async ({}, testInfo) => {
  const folder = testInfo.outputPath('site');
  mkdirSync(path.join(folder, 'src'), { recursive: true });
  symlinkSync('/etc', path.join(folder, 'src/etc'));
  for (const address of [
    '/src/etc/passwd',
    '/src/etc/passwd?raw',
    '/src/../src/etc/passwd',
    '//src//etc//passwd',
    '/src%2fetc%2fpasswd',
    `/@fs${folder}/src/etc/passwd`,
    `/@fs/${folder}/src/etc/passwd`,
    '/%',
    '/a%00',
    '/__open-in-editor?file=a',
    '//__open-in-editor',
  ]) {
    expect(await maySee(folder, address), address).toBe(false);
  }
  for (const address of ['/', '/test-page', '/src', '/src/main.js?t=1', '/@vite/client', '/@id/__x00__virtual:pages'])
    expect(await maySee(folder, address), address).toBe(true);
  expect(isInside('/a/b', '/a/bc')).toBe(false);
});
