import { readdirSync } from 'node:fs';
import path from 'node:path';
import { defineConfig } from '@playwright/test';
import { maskOutput } from './fixtures/masking.ts';
import type { AppDeclarationFixtures } from './fixtures/app-declaration.ts';
import type { OptionFixtures } from './fixtures/options.ts';
import { planted } from './helpers/faults/your-platform/plant.ts';
import { includesLongTests, includesOwnTests, readCommandLine } from './helpers/run/command-line.ts';
import { loadConfiguration } from './helpers/run/configuration/index.ts';
import { checkOutputs, suffixOfOutputs } from './helpers/run/outputs.ts';
import { forgetTransformsOfOtherNode } from './helpers/run/transforms.ts';
import { deploymentPlatform, experimentPlatform } from './specs/local-platforms.ts';
import { taskTracker } from './specs/your-platform/platform.ts';

const { orchestration } = loadConfiguration();
await maskOutput();
if (process.env['TEST_WORKER_INDEX'] === undefined) forgetTransformsOfOtherNode();

// Two runs in one checkout have folders of their own. Workers have them from the environment. A configuration that
// takes this one as its base says where its outputs are.
const claims = path.join(import.meta.dirname, '.proving-ground/outputs');
const isBase = process.cwd() !== import.meta.dirname;
const suffix = (process.env['PROVING_GROUND_OUTPUTS'] ??= isBase ? '' : suffixOfOutputs(claims));
const [outputDir, report] = ['test-results', 'playwright-report'].map((name) => `${name}${suffix}`) as [string, string];
if (process.env['TEST_WORKER_INDEX'] === undefined) {
  checkOutputs([outputDir, report].map((name) => path.join(import.meta.dirname, name)));
  if (suffix !== '') process.stderr.write(`Another run goes on here: this one writes to ${outputDir} and ${report}.\n`);
}
const ci = Boolean(process.env['CI']);

// `npx playwright test` runs the specs alone. The helpers' own tests are a project that exists where it is asked for.
// Workers have other arguments, so the answer goes with the environment.
const commandLine = readCommandLine(process.argv.slice(2));
process.env['PROVING_GROUND_SELF'] ??= includesOwnTests(commandLine, import.meta.dirname) ? 'yes' : 'no';

// What repeats something for certainty is for CI, and for who asks for it. In CI it replaces its short form.
const leftOut = includesLongTests(commandLine) ? undefined : ci ? /@short/ : /@long/;

// A shard's report waits to be merged, see merge.config.ts.
const sharded = commandLine.options.has('shard');

// Duroxide's library is built for Linux on x64 alone.
const hasDuroxide = process.platform === 'linux' && process.arch === 'x64';
const storesUnderTest =
  orchestration.store === undefined
    ? ['postgres', 'sqlite', 'memory', ...(hasDuroxide ? ['duroxide'] : [])]
    : [orchestration.store];

// A folder of specs that none of the projects below has is one of its own.
const known = new Set(['databases', 'orchestration', 'deployments', 'experiments', 'sessions', 'app', 'your-platform']);
const others = readdirSync(path.join(import.meta.dirname, 'specs'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !known.has(entry.name))
  .map(({ name }) => ({ name, testDir: `./specs/${name}` }));

export default defineConfig<
  OptionFixtures['test'],
  OptionFixtures['worker'] & Pick<AppDeclarationFixtures['worker'], 'appOptions'>
>({
  globalSetup: './fixtures/global-setup.ts',
  outputDir,
  fullyParallel: true,
  workers: '100%',
  forbidOnly: ci,
  failOnFlakyTests: true,
  retries: ci ? 1 : 0,
  ...(leftOut === undefined ? {} : { grepInvert: leftOut }),
  captureGitInfo: { commit: true },
  reporter: [
    // Before html and blob, which are to show what it says of each test, and before tests go to other shards.
    ['./reporters/cost-performance/index.ts'],
    ['./reporters/balanced-shards/index.ts'],
    ['./reporters/progress/index.ts'],
    [ci ? 'dot' : 'list'],
    sharded ? ['blob'] : ['html', { open: 'never', outputFolder: report }],
  ],
  projects: [
    { name: 'databases', testDir: './specs/databases' },
    ...storesUnderTest.map((store) => ({
      name: `orchestration:${path.basename(store, path.extname(store))}`,
      testDir: './specs/orchestration',
      workers: 1, // of so few seconds of tests a second worker saves less than its start costs
      use: { orchestrationStore: store },
      ...(store === 'memory' ? { testIgnore: '**/kills.spec.ts' } : {}), // it lives in one process
    })),
    { name: 'deployments', testDir: './specs/deployments', use: { appOptions: deploymentPlatform } },
    { name: 'experiments', testDir: './specs/experiments', use: { appOptions: experimentPlatform } },
    // What they wait for has its own deadline, and says what did not come.
    { name: 'sessions', testDir: './specs/sessions', timeout: 120_000 },
    { name: 'app', testDir: './specs/app', workers: 1 }, // as above
    {
      name: 'your-platform',
      testDir: './specs/your-platform',
      workers: 1, // as above
      use: { appOptions: planted(taskTracker, process.env['PROVING_GROUND_FAULT']) },
    },
    ...others,
    ...(process.env['PROVING_GROUND_SELF'] === 'yes'
      ? [
          {
            name: 'self',
            testMatch: '{helpers,reporters}/**/*.test.ts',
            timeout: 120_000,
            snapshotPathTemplate: '{testDir}/{testFileDir}/{arg}{ext}',
          },
        ]
      : []),
  ],
});
