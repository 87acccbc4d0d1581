import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Page } from '@playwright/test';
import { expect, test as base } from '../../../../helpers/testing/index.ts';
import { type Summary, summarySchema } from '../../summary/summary-schema.ts';
import { emptySummary, richSummary } from '../../../../helpers/testing/cost-performance/sample-summary/index.ts';
import { renderPage } from './index.ts';

interface PageFixtures {
  /** Shows the page of a summary, from a file. Returns its address. */
  show: (summary: Summary, hash?: string) => Promise<string>;
}

const test = base.extend<PageFixtures>({
  show: async ({ page }, use, testInfo) => {
    await use(async (summary, hash = '') => {
      const file = testInfo.outputPath('cost-performance.html');
      writeFileSync(file, renderPage(summary));
      await page.goto(`${pathToFileURL(file).href}${hash}`);
      return pathToFileURL(file).href;
    });
  },
});

test.use({ offline: true, javaScriptEnabled: false });

const summaries = { rich: richSummary, empty: emptySummary };

for (const [name, summary] of Object.entries(summaries)) {
  test.describe(`the page of a run of which ${name === 'rich' ? 'all is known' : 'nothing is known'}`, () => {
    test('the page loads nothing else', async ({ page, show }) => {
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      const address = await show(summary());
      expect(asked).toEqual([address]);
    });

    test('the page shows the figures of its embedded summary', async ({ page, show }) => {
      await show(summary());
      const inPage = JSON.parse((await page.locator('#summary').textContent())!) as unknown;
      expect(inPage).toEqual(summary());
      const figures = await page
        .locator('[data-figure]')
        .evaluateAll((all) =>
          all.map((each) => [each.getAttribute('data-figure')!, each.getAttribute('value')!] as const),
        );
      expect(figures.length).toBeGreaterThan(8);
      expect(figures).toEqual(figures.map(([path]) => [path, String(numberAt(inPage, path) ?? '')]));
    });

    for (const width of [360, 1280]) {
      test(`the page fits a window of ${width} pixels`, async ({ page, show }) => {
        await page.setViewportSize({ width, height: 800 });
        await show(summary());
        expect(await page.locator(':root').evaluate((root) => root.scrollWidth)).toBe(width);
      });
    }

    test('the page is accessible to screen readers', async ({ page, show }) => {
      await show(summary());
      expect(await complaints(page)).toEqual([]);
    });
  });
}

test.describe('the page', () => {
  test('figures are formatted for reading', async ({ page, show }) => {
    await show(richSummary());
    const shown = await page
      .locator('.figures [data-figure]')
      .evaluateAll((all) =>
        Object.fromEntries(all.map((each) => [each.getAttribute('data-figure'), each.textContent])),
      );
    expect(shown).toMatchObject({
      'tests.total': '150',
      'tests.failed': '3',
      'tests.successRate': '97.9 %',
      'cost.estimate': '$0.0314',
      'cost.budget': '$0.03',
    });
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(
      '✗ 3 of 150 tests failed, 1 flaky, 4 skipped, and 2 gates failed',
    );
  });

  test('the page is dark in dark mode', async ({ page, show }) => {
    await page.emulateMedia({ colorScheme: 'light' });
    await show(richSummary());
    await expect(page.locator('html')).toHaveCSS('background-color', 'rgb(252, 252, 250)');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect(page.locator('html')).toHaveCSS('background-color', 'rgb(21, 23, 26)');
  });

  test('a link opens a test by its id', async ({ page, show }) => {
    const { id, title } = richSummary().all[40]!;
    await show(richSummary(), `#test-${id}`);
    await expect(page.locator('tr:target')).toContainText(title);
    await expect(page.locator('tr:target')).toBeInViewport();
    await expect(page.locator('tr:target')).toHaveCSS('outline-style', 'solid');
  });

  test('the failed tests can be filtered', async ({ page, show }) => {
    await show(richSummary());
    const rows = page.locator('.tests tbody tr').filter({ visible: true });
    await expect(rows).toHaveCount(150);
    await page.getByRole('radio', { name: 'failed 3' }).check();
    await expect(rows).toHaveCount(3);
  });

  test('text from a run is escaped', async ({ page, show }) => {
    const hostile = '</script><b class="hostile" onclick="x">\'"&amp;<!--';
    const isText = /^(?:title|file|remark|error|operation|api|machine|sentence|found|limit|commit)$/;
    const summary = JSON.parse(JSON.stringify(richSummary()), (key, value: unknown) =>
      typeof value === 'string' && isText.test(key) ? `${hostile}${value}` : value,
    ) as Summary;
    await show({ ...summary, run: { ...summary.run, errors: [hostile] }, missing: [hostile] });
    await expect(page.locator('.hostile')).toHaveCount(0);
    await expect(page.locator('#tests tbody th').first()).toContainText(hostile);
    expect(await complaints(page)).toEqual([]);
  });

  test("the machine's speed is shown, and its load when unusual", async ({ page, show }) => {
    const rich = richSummary();
    await show(rich);
    await expect(page.locator('#changes p').first()).toHaveText(
      /\.\s+The machine was 14 % slower than usual, which is taken out\.\s*$/,
    );
    await show({ ...rich, regressions: { ...rich.regressions, machineContention: 2.5 } });
    await expect(page.locator('#changes p').first()).toHaveText(
      / It had more else to do: work took 2\.5 times as long for it\.\s*$/,
    );
    await show({ ...rich, regressions: { ...rich.regressions, machineContention: 0.5 } });
    await expect(page.locator('#changes p').first()).toHaveText(
      / It had less else to do: work took 0\.5 times as long for it\.\s*$/,
    );
  });

  test('money is shown as spent only when it was', async ({ page, show }) => {
    const rich = richSummary();
    await show(rich);
    await expect(page.locator('#cost h3')).toHaveText(['What it would have cost, by area']);
    const spent = rich.cost.notional;
    await show({
      ...rich,
      cost: { ...rich.cost, spent },
      areas: rich.areas.map((area) => ({ ...area, cost: { ...area.cost, spent: area.cost.notional } })),
    });
    await expect(page.locator('#cost h3')).toHaveText(['Spent, by area', 'What it would have cost, by area']);
  });
});

test('no figure is NaN, infinite or undefined', () => {
  const zeroed = JSON.parse(JSON.stringify(richSummary()), (key, value: unknown) =>
    typeof value === 'number' && key !== 'version' ? 0 : value,
  ) as Summary;
  const firstRun: Summary['regressions'] = {
    ...zeroed.regressions,
    trends: zeroed.regressions.trends.map((trend) => ({ ...trend, medians: [0], band: null })),
  };
  for (const summary of [richSummary(), emptySummary(), zeroed, { ...zeroed, regressions: firstRun }]) {
    expect(
      renderPage(summarySchema.parse(summary)).match(/.{0,80}(?:NaN|Infinity|undefined|\[object).{0,20}/g),
    ).toBeNull();
  }
});

function numberAt(data: unknown, path: string): number | null {
  return path.split('.').reduce((part, key) => (part as Readonly<Record<string, unknown>>)[key], data) as number | null;
}

/** Obstacles for screen readers or keyboards. */
async function complaints(page: Page): Promise<string[]> {
  return page.locator(':root').evaluate((root) => {
    const all = (selector: string) => [...root.querySelectorAll(selector)];
    const levels = all('h1, h2, h3, h4').map(({ tagName }) => Number(tagName[1]));
    const ids = all('[id]').map(({ id }) => id);
    return [
      ...(levels.filter((level) => level === 1).length === 1 ? [] : ['not one h1']),
      ...levels.flatMap((level, index) =>
        level > (levels[index - 1] ?? 0) + 1 ? [`h${level} without the level above it`] : [],
      ),
      ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `two elements have the id ${id}`),
      ...all('[role=img], [role=region], nav')
        .filter((each) => (each.getAttribute('aria-label') ?? '') === '')
        .map(({ className }) => `${className} has no name`),
      ...all('[aria-labelledby]')
        .filter((each) => !ids.includes(each.getAttribute('aria-labelledby') ?? ''))
        .map(({ id }) => `${id} is named by nothing`),
      ...all('th:not([scope])').map(({ textContent }) => `the header ${textContent} has no scope`),
      ...all('table:not(:has(> caption))').map(() => 'a table has no caption'),
      ...all('figure:not(:has(figcaption)), figure:not(:has([role=img])), figure:not(:has(details table))').map(
        () => 'a figure lacks its caption, picture or data',
      ),
      ...all('[aria-hidden=true] :is(a, input, summary):not([tabindex="-1"])').map(
        () => 'something hidden can be reached by keyboard',
      ),
      ...all('a[href^="#"]')
        .filter((each) => !ids.includes(decodeURIComponent((each.getAttribute('href') ?? '').slice(1))))
        .map((each) => `${each.getAttribute('href')} leads nowhere`),
    ];
  });
}
