/** What mutation testing reaches: sources, and the self tests that take milliseconds each. */
export interface Area {
  /** Globs of sources; those with `!` are left out. */
  readonly sources: readonly string[];
  /** Globs of tests. Of these, tests that ask for a fixture are left out, since they start servers. */
  readonly tests: readonly string[];
  /** Titles of tests that are left out, because they take seconds. */
  readonly slow?: RegExp;
}

const stores = 'helpers/stores';
const experiments = 'helpers/platform/experiments';
const deployments = 'helpers/platform/deployments';
const report = 'reporters/cost-performance';
const sessions = 'helpers/platform/sessions';

export const areas: Readonly<Record<string, Area>> = {
  differences: { sources: [`${stores}/differences/*.ts`], tests: [`${stores}/differences/*.test.ts`] },
  validation: { sources: [`${stores}/validation/*.ts`], tests: [`${stores}/validation/*.test.ts`] },
  datasets: { sources: [`${stores}/datasets/*.ts`], tests: [`${stores}/datasets/*.test.ts`] },
  catalogue: {
    sources: [`${stores}/clickhouse/catalogue.ts`, `${stores}/clickhouse/contents.ts`],
    tests: [`${stores}/clickhouse/catalogue-rows.test.ts`, `${stores}/clickhouse/restorer.test.ts`],
  },
  pipelines: {
    // Not the tables of processes and of templates, which tests of seconds are for.
    sources: [`${experiments}/pipelines/*.ts`, `!${experiments}/pipelines/{host-inventory,templates}.ts`],
    tests: [`${experiments}/pipelines/*.test.ts`],
    slow: /from twenty processes|saves what it promises|every critical process|parses back to the same/,
  },
  scheduler: { sources: ['helpers/cloud/services/plan.ts'], tests: ['helpers/cloud/services/*.test.ts'] },
  experiments: {
    sources: [
      `${experiments}/{states,duration,ticks,keyed-queue}.ts`,
      `${experiments}/controller/{steps,progress}.ts`,
      `${experiments}/metrics/verdict.ts`,
    ],
    tests: [`${experiments}/*.test.ts`, `${experiments}/{controller,metrics,store}/*.test.ts`],
  },
  presentation: {
    sources: [`${experiments}/gateway/presentation.ts`, `${deployments}/manager/{presentation,order,secrecy}.ts`],
    tests: [`${experiments}/gateway/presentation.test.ts`, `${deployments}/manager/*.test.ts`],
  },
  shards: { sources: ['reporters/balanced-shards/*.ts'], tests: ['reporters/balanced-shards/*.test.ts'] },
  history: {
    sources: ['reporters/history/**/*.ts'],
    tests: ['reporters/history/**/*.test.ts'],
    slow: /runs of unchanged code|found in 95 of 100/,
  },
  report: {
    // Not what tests of seconds are for: the run's monitor and files, and the page, which needs a browser.
    sources: [
      `${report}/{complete,history-entry,options,places,report,validated}.ts`,
      `${report}/{collect,cost,gates,summary,writers}/*.ts`,
      `!${report}/collect/{data-folder,machine,monitor,runner,shard,shard-file}.ts`,
      `!${report}/summary/summary-schema.ts`,
    ],
    tests: [`${report}/*.test.ts`, `${report}/{collect,cost,gates,summary,writers}/*.test.ts`],
  },
  mail: {
    sources: [`${sessions}/mail/{text,message,own-text,formats,reply}.ts`],
    tests: [`${sessions}/mail/{text,own-text,answers}.test.ts`],
    slow: /pathological|a megabyte|any text|grows over the limit/,
  },
  paths: { sources: [`${sessions}/workspace/paths.ts`], tests: [`${sessions}/workspace/{paths,folders}.test.ts`] },
};
