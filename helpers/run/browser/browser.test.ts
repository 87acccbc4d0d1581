import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../lib/cache.ts';
import { filesIn } from '../../lib/files.ts';
import { waitFor } from '../../lib/wait.ts';
import { expect, imports, test as base } from '../../testing/index.ts';
import { isRunFolder } from '../folder.ts';
import { findBrowser } from './index.ts';
import { firstProgram, usualPlaces } from './installed.ts';
import { findPackaged } from './packaged.ts';

const nothing = {
  wanted: undefined,
  ofPlaywright: '/nowhere',
  cache: undefined,
  places: [],
  packageName: 'nothing-like-it',
};

interface BrowserFixtures {
  /** An empty folder, removed after the test; the report itself needs no Chromium. */
  folder: string;
}

const test = base.extend<BrowserFixtures>({
  folder: async ({}, use, testInfo) => {
    const folder = testInfo.outputPath('folder');
    mkdirSync(folder);
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
});

function program(folder: string, name: string, text = '#!/bin/sh\n', mode = 0o755): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

test.describe('the browser', () => {
  test('the browser is searched in the usual places of each system', () => {
    expect(usualPlaces({ PATH: '/usr/local/bin:/usr/bin' }, 'linux').slice(0, 4)).toEqual([
      '/usr/local/bin/google-chrome',
      '/usr/bin/google-chrome',
      '/usr/local/bin/google-chrome-stable',
      '/usr/bin/google-chrome-stable',
    ]);
    expect(usualPlaces({}, 'linux')).toEqual(['/opt/google/chrome/chrome', '/opt/microsoft/msedge/msedge']);
    expect(usualPlaces({}, 'darwin')).toEqual(
      expect.arrayContaining([
        '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
        `${homedir()}/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge`,
      ]),
    );
  });

  test('a browser that cannot be executed, or is confined by snap, is not used', ({ folder }) => {
    const snap = program(folder, 'snap');
    symlinkSync(snap, path.join(folder, 'linked'));
    const places = [
      path.join(folder, 'missing'),
      program(folder, 'text', '', 0o644),
      path.join(folder, 'linked'),
      program(folder, 'chromium-browser', '#!/bin/sh\nexec /snap/bin/chromium "$@"\n'),
      program(folder, 'chrome'),
    ];
    expect(firstProgram(places)).toBe(path.join(folder, 'chrome'));
  });

  test("the configured browser wins over an installed one, and that over Playwright's", async ({ folder }) => {
    const [wanted, installed, ofPlaywright] = ['wanted', 'installed', 'downloaded'].map((name) =>
      program(folder, name),
    ) as [string, string, string];
    const all = { ...nothing, wanted, places: [installed], ofPlaywright };
    expect(await findBrowser(all)).toEqual({ executablePath: wanted, env: {}, source: 'TEST_BROWSER_PATH' });
    expect(await findBrowser({ ...all, wanted: undefined })).toEqual({
      executablePath: installed,
      env: {},
      source: 'installed',
    });
    expect(await findBrowser({ ...all, wanted: undefined, places: [] })).toEqual({
      executablePath: ofPlaywright,
      env: {},
      source: 'Playwright',
    });
  });

  test('a missing browser is reported in one sentence', async () => {
    await expect(findBrowser({ ...nothing, wanted: '/nowhere' })).rejects.toThrow(
      expect.objectContaining({
        name: 'Environment unavailable',
        message:
          'TEST_BROWSER_PATH=/nowhere is no program that can be run: set it to a Chrome or Chromium, or unset it.',
      }),
    );
    await expect(findBrowser(nothing)).rejects.toThrow(
      expect.objectContaining({
        name: 'Environment unavailable',
        message:
          'There is no browser for pages: install Chrome or Chromium, run npx playwright install chromium, or set ' +
          'TEST_BROWSER_PATH.',
      }),
    );
  });
});

test.describe('the Chromium from npm', () => {
  test.skip(process.platform !== 'linux' || process.arch !== 'x64', 'It is one for Linux on x64.');
  test.slow();

  test('the packaged Chromium is unpacked once, even by parallel workers, and renders pages', async ({
    folder,
    playwright,
  }) => {
    const [found, same] = await Promise.all([
      findBrowser({ ...nothing, cache: folder, packageName: '@sparticuz/chromium' }),
      findPackaged(folder),
    ]);
    expect(found).toEqual({ ...same, source: 'npm' });
    expect(readdirSync(cacheFolder(folder, 'Chromium'))).toEqual([path.basename(path.dirname(found.executablePath))]);
    const browser = await playwright.chromium.launch({
      executablePath: found.executablePath,
      env: { ...process.env, ...found.env },
    });
    const page = await browser.newPage();
    await page.setContent('<h1>Größe</h1>');
    await expect(page.getByRole('heading', { name: 'Größe' })).toBeVisible();
    expect((await page.screenshot()).byteLength).toBeGreaterThan(1_000);
    await browser.close();
  });

  test('a killed unpacking leaves nothing behind', async ({ folder }) => {
    const module = fileURLToPath(new URL('packaged.ts', import.meta.url));
    const owner = spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        '--input-type=module',
        '--eval',
        `import { findPackaged } from ${JSON.stringify(module)}; await findPackaged(${JSON.stringify(folder)});`,
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    expect(await waitFor(() => filesIn(folder).some((name) => name.endsWith('chromium')), 60_000)).toBe(true);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    expect(
      await waitFor(() => readdirSync(cacheFolder(folder, 'Chromium')).length === 0, 20_000),
      'the draft is removed',
    ).toBe(true);
  });

  test('a Chromium that cannot be unpacked is reported in one sentence', async ({ folder }) => {
    const file = program(folder, 'a-file');
    await expect(findPackaged(path.join(file, 'cache'))).rejects.toThrow(
      expect.objectContaining({
        name: 'Environment unavailable',
        message: expect.stringMatching(
          /^There is no folder to prepare Chromium in \(ENOTDIR.*\): point PROVING_GROUND_CACHE at a folder that can be written\.$/,
        ),
      }),
    );
  });
});

test.describe('a spec', () => {
  const spec = `${imports.replace('{ expect, test }', '{ expect, test as base }')}
    import { browser } from ${JSON.stringify(fileURLToPath(new URL('../../../fixtures/browser.ts', import.meta.url)))};
    const test = base.extend(browser);
    test('asks for no page', () => {});
    test('asks for one', async ({ page }) => {
      await page.setContent('<h1>Test Page</h1>');
      await expect(page.getByRole('heading', { name: 'Test Page' })).toBeVisible();
    });
  `;

  test('a spec that asks for a page gets one, with screenshot and trace', async ({ runInlineTest }) => {
    const { tests } = await runInlineTest({
      'a.spec.ts': spec.replace(
        "test('asks for no",
        "test.use({ trace: 'on', screenshot: 'on' });\n test('asks for no",
      ),
    });
    expect(tests).toMatchObject([
      { title: 'asks for no page', status: 'passed' },
      { title: 'asks for one', status: 'passed', errors: [] },
    ]);
    expect(tests[1]!.attachments).toEqual(expect.arrayContaining(['screenshot', 'trace']));
  });

  test('a spec leaves no browser files behind', async ({ runInlineTest, folder }) => {
    const { executablePath, env } = await findBrowser({
      ...nothing,
      places: usualPlaces(process.env),
      packageName: '@sparticuz/chromium',
    });
    const told = path.join(folder, 'told');
    const untidy = program(
      folder,
      'untidy',
      `#!/bin/sh\necho left > "$TMPDIR/left"\nprintf %s "$TMPDIR" > '${told}'\nexec '${executablePath}' "$@"\n`,
    );
    const { tests } = await runInlineTest({ 'a.spec.ts': spec }, { env: { ...env, TEST_BROWSER_PATH: untidy } });
    expect(tests[1]).toMatchObject({ status: 'passed', errors: [] });
    const temporary = readFileSync(told, 'utf8');
    expect(isRunFolder(path.dirname(temporary)), 'it goes with its run, also when that is killed').toBe(true);
    expect(existsSync(temporary)).toBe(false);
  });

  test('a spec without pages needs no browser, and one with pages fails with what is missing', async ({
    runInlineTest,
  }) => {
    const { tests } = await runInlineTest({ 'a.spec.ts': spec }, { env: { TEST_BROWSER_PATH: '/nowhere' } });
    expect(tests).toMatchObject([
      { title: 'asks for no page', status: 'passed' },
      {
        title: 'asks for one',
        status: 'failed',
        errors: [
          'Environment unavailable: TEST_BROWSER_PATH=/nowhere is no program that can be run: set it to a Chrome ' +
            'or Chromium, or unset it.',
        ],
      },
    ]);
  });

  test('a browser that does not start is reported with its output', async ({ runInlineTest, folder }) => {
    const broken = program(folder, 'broken', '#!/bin/sh\necho no display >&2\nexit 3\n');
    const { tests } = await runInlineTest({ 'a.spec.ts': spec }, { env: { TEST_BROWSER_PATH: broken } });
    expect(tests[1]!.errors).toEqual([
      `Environment unavailable: The browser ${broken} does not start (no display): install Chrome or Chromium, ` +
        'run npx playwright install chromium, or set TEST_BROWSER_PATH.',
    ]);
  });
});
