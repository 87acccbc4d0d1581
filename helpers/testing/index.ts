/**
 * `test` for the tests of the run itself: they start Playwright inside Playwright, as Playwright's own tests do, and
 * check its output, its exit and its leftovers.
 *
 * Only `*.test.ts` import this; it is the one helper that may import fixtures.
 */
import { expect, test as base } from '../../fixtures/index.ts';
import { type ClickHouseConnection, clickhouseParts, startClickHouseServer } from '../stores/clickhouse/index.ts';
import { readConfiguration } from '../run/configuration/index.ts';
import { type ServerConnection, startPostgresServer } from '../stores/postgres/index.ts';
import { withFault } from '../faults/inject.ts';
import { RunHost, type RunParts, runParts } from '../run/index.ts';
import { type InnerOptions, type InnerResult, InnerRun } from './inner-run.ts';
import { type RegistryParts, registryParts } from '../terraform/registry/parts.ts';
import { Root } from './root.ts';

export { imports, type InnerResult, type InnerRun } from './inner-run.ts';
export { recordedProcess } from './root.ts';
export { expect };

type Files = Readonly<Record<string, string>>;

export interface TestingFixtures {
  /** The parts of a run, with the active fault. The outer run is not affected by the fault. */
  runParts: RunParts;
  /** The parts of a client of provider registries, with the active fault. */
  registryParts: RegistryParts;
  /** The folder for the run folders of this test's inner runs alone. Removed with everything in it. */
  root: Root;
  /** Starts Playwright on these files, and returns while it runs. Ended with the test at the latest. */
  startInlineTest: (files: Files, options?: InnerOptions) => InnerRun;
  /** Runs Playwright on these files to its end, which takes about two seconds. */
  runInlineTest: (files: Files, options?: InnerOptions) => Promise<InnerResult>;
  /** A PostgreSQL server for this test alone, to be used as a remote one. Costs some 100 ms. */
  server: ServerConnection;
  /** A ClickHouse server for this test alone. Costs some 250 ms. */
  clickhouseServer: ClickHouseConnection;
}

export const test = base.extend<TestingFixtures>({
  runParts: [
    async ({ fault }, use) => {
      await use(await withFault('run', runParts, fault));
    },
    { box: true },
  ],

  registryParts: [
    async ({ fault }, use) => {
      await use(await withFault('registry', registryParts, fault));
    },
    { box: true },
  ],

  root: [
    async ({ _configuration }, use) => {
      const root = new Root(_configuration.folder);
      await use(root);
      await root.remove();
    },
    { box: true },
  ],

  startInlineTest: [
    async ({ root, fault }, use, testInfo) => {
      testInfo.setTimeout(300_000); // two seconds on an idle machine
      const runs: InnerRun[] = [];
      await use((files, { env, ...options } = {}) => {
        const run = new InnerRun(testInfo.outputPath(`run-${runs.length + 1}`), files, {
          ...options,
          env: { PROVING_GROUND_FOLDER: root.path, PROVING_GROUND_FAULT: fault, ...env },
        });
        runs.push(run);
        return run;
      });
      for (const [index, run] of runs.entries()) {
        await run.stop();
        if (testInfo.status !== testInfo.expectedStatus)
          await testInfo.attach(`output of inner run ${index + 1}`, { body: run.output, contentType: 'text/plain' });
      }
    },
    { box: true },
  ],

  runInlineTest: [
    async ({ startInlineTest }, use) => {
      await use((files, options) => startInlineTest(files, options).ended);
    },
    { box: true },
  ],

  server: [
    async ({ _configuration: { folder: root, cache } }, use) => {
      await using host = await RunHost.open(
        { postgres: (folder) => startPostgresServer({ ...readConfiguration({}), cache }, { folder, workers: 2 }) },
        root,
      );
      await use((await host.service('postgres')) as ServerConnection);
    },
    { box: true },
  ],

  clickhouseServer: [
    async ({ _configuration }, use) => {
      await using host = await RunHost.open(
        {
          clickhouse: (folder) =>
            startClickHouseServer(readConfiguration({}), { folder, workers: 2, ...clickhouseParts }),
        },
        _configuration.folder,
      );
      await use((await host.service('clickhouse')) as ClickHouseConnection);
    },
    { box: true },
  ],
});
