import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FullConfig } from '@playwright/test/reporter';
import { expect, test } from '../../helpers/testing/cost-performance/composed-report.ts';

/** A project whose configuration lies in a subfolder. */
const folders = test.extend<{ project: string; e2e: string }>({
  project: async ({}, use, testInfo) => {
    await use(testInfo.outputPath('project'));
  },
  e2e: async ({ project }, use) => {
    const e2e = path.join(project, 'e2e');
    mkdirSync(e2e, { recursive: true });
    writeFileSync(path.join(project, 'package.json'), '{}');
    await use(e2e);
  },
});

function configured(...reporter: readonly (readonly [string, object?])[]): FullConfig {
  return { reporter } as unknown as FullConfig;
}

folders(
  'reports lie beside Playwright’s when the configuration is in a subfolder',
  ({ parts: { places }, project, e2e }) => {
    expect(places.html(configured(['html']), e2e)).toBe(path.join(project, 'playwright-report'));
    expect(places.blobs(configured(['blob']), e2e)).toBe(path.join(project, 'blob-report'));
  },
);

folders('an option counts from the configuration', ({ parts: { places }, e2e }) => {
  expect(places.html(configured(['html', { outputFolder: 'report' }]), e2e)).toBe(path.join(e2e, 'report'));
  expect(places.blobs(configured(['blob', { outputDir: '../blobs' }]), e2e)).toBe(path.join(e2e, '../blobs'));
  expect(places.blobs(configured(['blob', { outputFile: 'blobs/1.zip' }]), e2e)).toBe(path.join(e2e, 'blobs'));
  expect(places.blobs(configured(['html']), e2e)).toBeUndefined();
});
