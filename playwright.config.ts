import { defineConfig } from '@playwright/test';
import type { OptionFixtures } from './fixtures/options.ts';
import { loadConfiguration } from './helpers/configuration/index.ts';

loadConfiguration();
const ci = Boolean(process.env['CI']);

export default defineConfig<OptionFixtures>({
  globalSetup: './fixtures/run.ts',
  fullyParallel: true,
  forbidOnly: ci,
  failOnFlakyTests: true,
  retries: ci ? 1 : 0,
  captureGitInfo: { commit: true },
  reporter: [[ci ? 'dot' : 'list'], ['html', { open: 'never' }]],
  projects: [
    { name: 'databases', testDir: './specs/databases' },
    { name: 'self', testDir: './helpers', testMatch: '**/*.test.ts' },
  ],
});
