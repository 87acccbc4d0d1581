import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FullConfig } from '@playwright/test/reporter';
import { withEnvironment } from '../../helpers/testing/environment.ts';
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
    expect(places.html(configured(['list', { outputFolder: 'x' }], ['html']), e2e)).toBe(
      path.join(project, 'playwright-report'),
    );
    expect(places.blobs(configured(['list'], ['blob']), e2e)).toBe(path.join(project, 'blob-report'));
  },
);

folders('an option counts from the configuration', ({ parts: { places }, e2e }) => {
  expect(places.html(configured(['html', { outputFolder: 'report' }]), e2e)).toBe(path.join(e2e, 'report'));
  expect(places.blobs(configured(['blob', { outputDir: '../blobs' }]), e2e)).toBe(path.join(e2e, '../blobs'));
  expect(places.blobs(configured(['blob', { outputFile: 'blobs/1.zip' }]), e2e)).toBe(path.join(e2e, 'blobs'));
  expect(places.blobs(configured(['html']), e2e)).toBeUndefined();
});

folders('what the environment says counts, as with Playwright', ({ parts: { places }, project, e2e }, testInfo) => {
  const html = configured(['html', { outputFolder: 'report' }]);
  const blob = (options: object) => configured(['blob', options]);
  for (const name of ['PLAYWRIGHT_HTML_OUTPUT_DIR', 'PLAYWRIGHT_HTML_REPORT'])
    expect(
      withEnvironment({ [name]: 'pages' }, () => places.html(html, e2e)),
      name,
    ).toBe(path.resolve('pages'));
  const [file, folder] = [{ PLAYWRIGHT_BLOB_OUTPUT_FILE: 'blobs/1.zip' }, { PLAYWRIGHT_BLOB_OUTPUT_DIR: 'all' }];
  const own = { outputFile: 'own/1.zip', outputDir: 'others' };
  expect(withEnvironment({ ...file, ...folder }, () => places.blobs(blob(own), e2e))).toBe(path.resolve('blobs'));
  expect(withEnvironment(folder, () => places.blobs(blob(own), e2e))).toBe(path.join(e2e, 'own'));
  expect(withEnvironment(folder, () => places.blobs(blob({ outputDir: 'others' }), e2e))).toBe(path.resolve('all'));

  const trace = testInfo.outputPath('trace.zip');
  writeFileSync(trace, 'a trace');
  const copy = '95a161a87132159c08849e9885e031dc64aec985.zip';
  const base = configured(['list'], ['html', { attachmentsBaseURL: 'https://a.example/' }]);
  const server = { PLAYWRIGHT_HTML_ATTACHMENTS_BASE_URL: 'https://b.example/' };
  expect(places.attachment(trace, project, base)).toBe(`https://a.example/${copy}`);
  expect(withEnvironment(server, () => places.attachment(trace, project, base))).toBe(`https://b.example/${copy}`);
  rmSync(trace);
  expect(places.attachment(trace, project, base), 'that is no longer there').toBe('../trace.zip');
});

folders('reports lie where Playwright was started when no folder above is a package', ({ parts: { places } }) => {
  expect(places.html(configured(['html']), '/nowhere/at/all')).toBe(path.resolve('playwright-report'));
});
