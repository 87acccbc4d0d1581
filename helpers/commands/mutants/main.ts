/**
 * `npm run mutants -- <area> [files]`: changes the sources of an area in small ways, one at a time, and lists the
 * changes that its self tests do not notice. Fails when they notice less than {@link lowest}. No part of CI.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { isAlive } from '../../run/processes/index.ts';
import { areas } from './areas.ts';

/** Percent of the changes. */
const lowest = 85;

/** Has a copy of the checkout for each run, named after its process. */
const folder = '.proving-ground/mutants';

process.exitCode = await main(process.argv.slice(2));

async function main([name = '', ...files]: readonly string[]): Promise<number> {
  const area = areas[name];
  if (area === undefined) {
    process.stderr.write(`No area ${name}: areas are ${Object.keys(areas).join(', ')}.\n`);
    return 1;
  }
  process.env['MUTANTS_TESTS'] = area.tests.join(' ');
  if (area.slow !== undefined) process.env['MUTANTS_SLOW'] = area.slow.source;
  removeLeftovers();
  const options = {
    mutate: files.length > 0 ? [...files] : [...area.sources, '!**/*.test.ts'],
    testRunner: 'vitest',
    vitest: { configFile: 'helpers/commands/mutants/vitest.config.ts', related: false },
    plugins: ['@stryker-mutator/vitest-runner'],
    coverageAnalysis: 'perTest',
    tempDirName: `${folder}/${process.pid}`,
    cleanTempDir: 'always',
    ignorePatterns: ['.*', 'dist', 'test-results*', 'playwright-report*', 'blob-report'],
    reporters: ['clear-text'],
    clearTextReporter: { allowColor: process.stdout.isTTY, logTests: false, reportTests: false, skipFull: true },
    thresholds: { high: lowest, low: lowest, break: lowest },
    logLevel: 'warn',
  };
  await new Stryker(options as ConstructorParameters<typeof Stryker>[0]).runMutationTest();
  rmSync(path.join(folder, String(process.pid)), { recursive: true, force: true });
  return Number(process.exitCode ?? 0);
}

/** What killed runs have left. */
function removeLeftovers(): void {
  for (const owner of existsSync(folder) ? readdirSync(folder) : [])
    if (!isAlive(Number(owner))) rmSync(path.join(folder, owner), { recursive: true, force: true });
}
