import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Page } from '@playwright/test';
import axe from 'axe-core';
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

    test('what belongs together is connected', async ({ page, show }) => {
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

  test('tests can be filtered by every outcome without JavaScript', async ({ page, show }) => {
    await show(fewTests());
    const rows = page.locator('.tests tbody tr').filter({ visible: true });
    for (const [outcome, count] of [
      ['all', 90],
      ['failed', 1],
      ['flaky', 1],
      ['skipped', 2],
      ['did not run', 1],
      ['passed', 85],
    ] as const) {
      await page.getByRole('radio', { name: `${outcome} ${count}`, exact: true }).check();
      await expect(rows).toHaveCount(count);
    }
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

test.describe('the page with JavaScript', () => {
  test.use({ javaScriptEnabled: true });

  test('axe finds nothing: wide, on a phone, in the dark, and with forced colours', async ({ page, show }) => {
    await show(fewTests());
    await page.locator('tr[data-outcome=failed] summary').first().click();
    await page.evaluate(axe.source);
    for (const [appearance, width, media] of [
      ['wide', 1280, { colorScheme: 'light', forcedColors: 'none' }],
      ['phone', 360, { colorScheme: 'light', forcedColors: 'none' }],
      ['dark', 1280, { colorScheme: 'dark', forcedColors: 'none' }],
      ['forced colours', 1280, { colorScheme: 'light', forcedColors: 'active' }],
    ] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia(media);
      const violations = await page.evaluate(async () => {
        const { axe: injected } = globalThis as unknown as { axe: typeof axe };
        const found = await injected.run({ resultTypes: ['violations'] });
        return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('; ')}`);
      });
      expect(violations, appearance).toEqual([]);
    }
  });

  test('tests are searched, sorted and grouped', async ({ page, show }) => {
    await show(richSummary());
    const rows = page.locator('.tests tbody tr').filter({ visible: true });
    const groups = page.locator('.group').filter({ visible: true });
    await expect(rows, 'of more than a hundred tests all are closed').toHaveCount(0);
    await expect(groups).toHaveCount(12);

    await page.getByRole('searchbox', { name: 'Search' }).fill('REFUSED recovery');
    await expect(rows, 'words of the error and of the file').toHaveCount(0);
    await page.getByRole('searchbox').fill('REFUSED routing');
    await expect(rows).toHaveCount(1);
    await expect(page.locator('#found')).toHaveText('1 of 150 tests');
    await page.getByRole('searchbox').fill('');
    await expect(groups).toHaveCount(12);
    await expect(rows, 'what the search has opened is closed again').toHaveCount(0);

    await page.getByRole('combobox', { name: 'Group by' }).selectOption('outcome');
    await page.getByRole('combobox', { name: 'Sort by' }).selectOption('outcome');
    await expect(groups.locator('.name')).toHaveText(['failed', 'flaky', 'skipped', 'passed']);
    await page.getByRole('button', { name: 'Open all' }).click();
    await expect(rows, 'of a long group the first hundred').toHaveCount(3 + 1 + 4 + 100);
    await page.getByRole('button', { name: 'Show all 142' }).click();
    await expect(rows).toHaveCount(150);
    await page.getByRole('combobox', { name: 'Group by' }).selectOption('nothing');
    await page.getByRole('combobox', { name: 'Sort by' }).selectOption('name');
    await page.getByRole('button', { name: 'Open all' }).click();
    await expect(rows.first().locator('.title')).toHaveText('a named snapshot is a place to come back to (101)');
  });

  test('an address opens the test that it names, also one that is filtered out', async ({ page, show }) => {
    const { id, title } = richSummary().all[40]!;
    const address = await show(richSummary());
    await page.getByRole('radio', { name: 'failed 3' }).check();
    await page.goto(`${address}#test-${id}`);
    await expect(page.locator('tr:target .title')).toHaveText(title);
    await expect(page.locator('tr:target')).toBeInViewport();
    await expect(page.locator('tr:target .more')).toBeVisible();
  });

  test('the names of bars are told by keyboard', async ({ page, show }) => {
    await show(fewTests());
    const plot = page.locator('.waterfall');
    await plot.locator('.bar').first().focus();
    await page.keyboard.press('ArrowRight');
    const [second] = await plot.locator('.track').first().locator('.bar').nth(1).all();
    await expect(second!).toBeFocused();
    await expect(plot.locator('output')).toHaveText(((await second!.getAttribute('title')) ?? '').replace('\n', ': '));
    await page.keyboard.press('ArrowDown');
    await expect(plot.locator('.track').nth(1).locator('.bar:focus')).toHaveCount(1);
    await expect(plot.locator('.bar[tabindex="0"]'), 'one stop of the Tab key').toHaveCount(1);
  });

  test('the colours are chosen on the page', async ({ page, show }) => {
    await page.emulateMedia({ colorScheme: 'light' });
    const address = await show(emptySummary());
    await page.getByRole('radio', { name: 'dark' }).check();
    await expect(page.locator('html')).toHaveCSS('background-color', 'rgb(21, 23, 26)');
    await page.goto(address);
    await expect(page.getByRole('radio', { name: 'dark' }), 'and remembered').toBeChecked();
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
      renderPage(summarySchema.parse(summary))
        .replace(/<script type="module">[^]*?<.script>/, '')
        .match(/.{0,80}(?:NaN|Infinity|undefined|\[object).{0,20}/g),
    ).toBeNull();
  }
});

function numberAt(data: unknown, path: string): number | null {
  return path.split('.').reduce((part, key) => (part as Readonly<Record<string, unknown>>)[key], data) as number | null;
}

/** 90 tests of the rich run, so that they are open at once, with one of each outcome. */
function fewTests(): Summary {
  const rich = richSummary();
  const all = rich.all
    .slice(60, 150)
    .map((each, index) => (index === 0 ? { ...each, outcome: 'did not run' as const, attempts: [] } : each));
  return {
    ...rich,
    all: all.filter(({ id }) => id !== rich.all[118]!.id && id !== rich.all[133]!.id).concat(rich.all.slice(0, 2)),
  };
}

/** What is no matter of accessibility alone, so that axe does not look for it. */
async function complaints(page: Page): Promise<string[]> {
  return page.locator(':root').evaluate((root) => {
    const all = (selector: string) => [...root.querySelectorAll(selector)];
    const ids = all('[id]').map(({ id }) => id);
    return [
      ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `two elements have the id ${id}`),
      ...all('th:not([scope])').map(({ textContent }) => `the header ${textContent} has no scope`),
      ...all('table:not(:has(> caption))').map(() => 'a table has no caption'),
      ...all(
        'figure:not(:has(figcaption)), figure:not(:has([role=img], [role=group])), figure:not(:has(details table))',
      ).map(() => 'a figure lacks its caption, picture or data'),
      ...all('a[href^="#"]')
        .filter((each) => !ids.includes(decodeURIComponent((each.getAttribute('href') ?? '').slice(1))))
        .map((each) => `${each.getAttribute('href')} leads nowhere`),
    ];
  });
}
