import path from 'node:path';
import { defineConfig } from 'vitest/config';

const ours = path.join(import.meta.dirname, 'playwright-in-vitest.ts');
/** Where self tests have `test` and `expect` from, besides Playwright itself. */
const theirs = new Set(
  ['testing', '../fixtures'].map((folder) => path.join(import.meta.dirname, `../../${folder}/index.ts`)),
);

export default defineConfig({
  plugins: [
    {
      name: 'playwright-in-vitest',
      enforce: 'pre',
      async resolveId(source, importer) {
        if (source === '@playwright/test') return ours;
        if (!/(testing|fixtures)\/index\.ts$/.test(source)) return undefined;
        const resolved = await this.resolve(source, importer, { skipSelf: true });
        return resolved !== null && theirs.has(resolved.id) ? ours : resolved;
      },
    },
  ],
  test: {
    include: process.env['MUTANTS_TESTS']?.split(' ') ?? [],
    runner: path.join(import.meta.dirname, 'runner.ts'),
    pool: 'threads',
    isolate: false, // a new thread costs more than the tests
  },
});
