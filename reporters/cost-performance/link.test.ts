import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from '../../helpers/testing/cost-performance/reported-run.ts';

const ours = fileURLToPath(new URL('index.ts', import.meta.url));
const spec = `test('costs something', async ({ measurements }) => measurements.record('shop.total', 5, 'ms'));`;

test("a test in Playwright's report links to the same test in ours", async ({ runReported, page }) => {
  const { folder, summary } = await runReported({
    spec,
    args: [`--reporter=${ours},html`],
    env: { PLAYWRIGHT_HTML_OPEN: 'never' },
  });
  const { id } = summary!.all[0]!;
  const report = pathToFileURL(path.join(folder, 'playwright-report', 'index.html'));
  await page.goto(`${report.href}#?testId=${id}`);
  const link = page.getByRole('link', { name: 'cost and performance' });
  const opened = page.waitForEvent('popup');
  await link.click();
  await expect((await opened).locator(`[id="test-${id}"]`)).toBeVisible();
});
