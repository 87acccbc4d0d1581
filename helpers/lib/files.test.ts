import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { filesIn } from './files.ts';

test('all files below a folder are found, and no links', ({}, testInfo) => {
  const root = testInfo.outputPath();
  mkdirSync(path.join(root, 'a/b'), { recursive: true });
  for (const name of ['one', 'a/two', 'a/b/three']) writeFileSync(path.join(root, name), '');
  symlinkSync(path.join(root, 'a'), path.join(root, 'link'));
  expect(filesIn(root).toSorted()).toEqual(['a/b/three', 'a/two', 'one'].map((name) => path.join(root, name)));
  expect(filesIn(path.join(root, 'missing'))).toEqual([]);
});

test('folders that are removed meanwhile are left out', async ({}, testInfo) => {
  const root = testInfo.outputPath();
  const script = `
    const fs = require('node:fs');
    for (let round = 0; ; round++) {
      if (round === 1) process.stdout.write('begun');
      for (let one = 0; one < 50; one++) fs.mkdirSync('folder-' + one);
      for (let one = 0; one < 50; one++) fs.rmdirSync('folder-' + one);
    }`;
  const other = spawn(process.execPath, ['-e', script], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(other.stdout, 'data');
    for (let look = 0; look < 200; look++) expect(filesIn(root)).toEqual([]);
  } finally {
    other.kill('SIGKILL');
    await once(other, 'exit');
  }
});
