import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '../testing/index.ts';
import { forgetTransformsOfOtherNode } from './transforms.ts';

test('what was compiled for Node 24 is forgotten for Node 20, and the other way round', ({
  runParts: { transforms },
}, testInfo) => {
  const folder = testInfo.outputPath('cache');
  const compiled = path.join(folder, 'ab', 'abcdef.js');
  const compile = (): void => {
    mkdirSync(path.dirname(compiled), { recursive: true });
    writeFileSync(compiled, '');
  };
  compile();
  const isLeft = (version: string): boolean => {
    forgetTransformsOfOtherNode(folder, version, transforms);
    const left = existsSync(compiled);
    compile();
    return left;
  };
  expect(isLeft('24.11.0'), 'of an unknown Node').toBe(false);
  expect(isLeft('26.1.0')).toBe(true);
  expect(isLeft('20.19.0')).toBe(false);
  expect(isLeft('22.12.0')).toBe(true);
  expect(isLeft('24.11.0')).toBe(false);
});

test("another program's files in the folder of compiled files stay", ({ runParts: { transforms } }, testInfo) => {
  const folder = testInfo.outputPath('shared');
  const own = path.join(folder, 'work', 'thesis.txt');
  mkdirSync(path.dirname(own), { recursive: true });
  writeFileSync(own, '');
  forgetTransformsOfOtherNode(folder, '24.11.0', transforms);
  expect(existsSync(own)).toBe(true);
});
