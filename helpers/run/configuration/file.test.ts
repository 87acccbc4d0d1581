import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { checkNoneAbove } from './file.ts';

test("from a subfolder the error says where Playwright's configuration is", ({}, testInfo) => {
  const [root, below] = [testInfo.outputPath('project'), testInfo.outputPath('project/specs/mine')];
  mkdirSync(below, { recursive: true });
  writeFileSync(testInfo.outputPath('project/playwright.config.ts'), '');
  expect(() => checkNoneAbove(below)).toThrow(
    `Playwright found no configuration in ${below}: start it in ${root}, or add --config ../../playwright.config.ts.`,
  );
});
