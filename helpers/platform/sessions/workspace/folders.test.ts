import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '../../../testing/index.ts';
import type { WorkspaceError } from './errors.ts';
import { folderName, isInside, realFolder, unlessCode, volume } from './paths.ts';

test('a refused id is named with what is wrong with it', () => {
  const refused = (clientId: string, userId: string): string => {
    try {
      return volume.pathOf(clientId, userId).join('/');
    } catch (error) {
      return `${(error as WorkspaceError).code}: ${(error as Error).message}`;
    }
  };
  expect([
    refused('', 'ana'),
    refused('acme', ''),
    refused('acme', '.git'),
    refused('acme', 'a/b'),
    refused('acme', 'x'.repeat(256)),
  ]).toEqual([
    'VALIDATION_ERROR: clientId is empty',
    'VALIDATION_ERROR: userId is empty',
    'VALIDATION_ERROR: userId must not begin with a dot',
    'VALIDATION_ERROR: userId must be one part of a path, without slashes and control characters',
    'VALIDATION_ERROR: userId is too long to name a folder (256 of 255 characters)',
  ]);
});

test('the longest id that a file system can name is accepted, and other characters are written as their bytes', () => {
  expect(folderName('userId', 'x'.repeat(255))).toHaveLength(255);
  expect(folderName('userId', 'Ana é')).toBe('%41na%20%c3%a9');
});

test('folders are made only where that is asked for, and used where they are there', async ({}, testInfo) => {
  const root = testInfo.outputPath('root');
  mkdirSync(root, { recursive: true });
  const names = ['acme', 'ana'];
  expect(await realFolder(root, names)).toBe(path.join(root, 'acme/ana'));
  expect(existsSync(path.join(root, 'acme'))).toBe(false);
  expect(await realFolder(root, names, true)).toBe(path.join(root, 'acme/ana'));
  expect(existsSync(path.join(root, 'acme/ana'))).toBe(true);
  expect(await realFolder(root, names, true)).toBe(path.join(root, 'acme/ana'));
});

test('a file in the way is refused, and a folder that cannot be made is the system’s error', async ({}, testInfo) => {
  const root = testInfo.outputPath('root');
  mkdirSync(root, { recursive: true });
  writeFileSync(path.join(root, 'acme'), '');
  await expect(realFolder(root, ['acme', 'ana'], true)).rejects.toMatchObject({
    code: 'NOT_UNDERSTOOD',
    message: 'acme is no folder of this workspace',
  });
  await expect(realFolder(path.join(root, 'missing'), ['acme'], true)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('only errors with the named code are ignored', () => {
  expect(unlessCode('ENOENT')(Object.assign(new Error('gone'), { code: 'ENOENT' }))).toBeUndefined();
  expect(() => unlessCode('ENOENT')(Object.assign(new Error('denied'), { code: 'EACCES' }))).toThrow('denied');
});

test('a folder is inside itself, a neighbour and a parent are not', () => {
  expect([isInside('/a', '/a'), isInside('/a', '/a/..b'), isInside('/a', '/ab'), isInside('/a/b', '/a')]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
