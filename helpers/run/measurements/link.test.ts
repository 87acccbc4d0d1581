import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, imports, test } from '../../testing/index.ts';

const spec = {
  'a.spec.ts': `${imports}
  test('leads there', async ({ measurements }, { testId }) => {
    measurements.record('mark', 1, 'count', { testId });
  });
`,
};
const args = ['--reporter=json,html'];
const env = {
  PLAYWRIGHT_JSON_OUTPUT_NAME: 'report.json',
  PLAYWRIGHT_HTML_OUTPUT_DIR: 'playwright-report',
  PLAYWRIGHT_HTML_OPEN: 'never',
};

test("a test in Playwright's report links to the same test in ours", async ({ runInlineTest }, testInfo) => {
  const {
    tests: [found],
  } = await runInlineTest(spec, { args, env: { ...env, PROVING_GROUND_REPORT: 'yes' } });
  expect(found!.attachments).toEqual(['cost and performance', '_measurements']);
  const { testId } = found!.measurements[0]!.attributes;

  const data = testInfo.outputPath('run-1', 'playwright-report', 'data'); // our report lies beside it
  const pages = readdirSync(data).filter((name) => name.endsWith('.html'));
  expect(pages).toHaveLength(1);
  expect(readFileSync(path.join(data, pages[0]!), 'utf8')).toContain(
    `content="0; url=../cost-performance.html#test-${testId}"`,
  );
});

test('without our report there is no link', async ({ runInlineTest }) => {
  const {
    tests: [found],
  } = await runInlineTest(spec, { env: { PROVING_GROUND_REPORT: 'no' } });
  expect(found!.attachments).toEqual(['_measurements']);
});
