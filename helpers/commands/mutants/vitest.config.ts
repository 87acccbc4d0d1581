import path from 'node:path';
import { defineConfig } from 'vitest/config';

const playwright = path.join(import.meta.dirname, 'playwright-in-vitest.ts');
const testing = path.join(import.meta.dirname, '../../testing/index.ts');

export default defineConfig({
  plugins: [
    {
      name: 'playwright-in-vitest',
      enforce: 'pre',
      async resolveId(source, importer) {
        if (source === '@playwright/test') return playwright;
        if (!source.endsWith('testing/index.ts')) return undefined;
        const resolved = await this.resolve(source, importer, { skipSelf: true });
        return resolved?.id === testing ? playwright : resolved;
      },
    },
  ],
  test: {
    include: process.env['MUTANTS_TESTS']?.split(',') ?? [],
    testTimeout: 10_000,
    isolate: false,
    pool: 'threads',
  },
});
