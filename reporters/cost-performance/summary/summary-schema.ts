import { z } from 'zod';
import { regressionsSchema } from '../../history/index.ts';

const count = z.number().int().nonnegative();
const ms = z.number().nonnegative();
const usd = z.number().nonnegative();
const share = z.number().min(0).max(1);

const tests = z.strictObject({
  total: count,
  passed: count,
  failed: count.describe('Of which `unavailable` failed because of the environment.'),
  flaky: count,
  skipped: count,
  didNotRun: count,
  unavailable: count,
  successRate: share.nullable().describe('Passed and flaky, of all but the skipped; null when there are none.'),
});

const time = z
  .strictObject({ setUp: ms, test: ms, waiting: ms, teardown: ms })
  .describe('Milliseconds, summed over all attempts.');

const amounts = z
  .strictObject({ machine: usd, tasks: usd, requests: usd, storage: usd, total: usd })
  .describe('US dollars, not rounded.');

const cost = z.strictObject({
  spent: amounts.describe('Money that is billed.'),
  notional: amounts.describe('What the same would have cost; it is not billed.'),
  wastedByRetries: usd.describe('Of attempts that were followed by another one; part of the above.'),
});

const percentiles = z.strictObject({
  median: z.number(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
  max: z.number(),
});

const measurement = z
  .strictObject({
    area: z.string(),
    name: z.string(),
    unit: z.enum(['ms', 's', 'bytes', 'count', 'usd', 'percent']),
    scope: z
      .enum(['test', 'worker'])
      .describe('`worker`: recorded by what a worker shares, so that there are as many as there were workers.'),
    n: count,
    sum: z.number(),
    ...percentiles.shape,
    histogram: z
      .strictObject({ bounds: z.array(z.number()), counts: z.array(count) })
      .describe('How many values lie from each bound to the next; one bound more than counts.'),
  })
  .describe('p95 needs 20 samples and p99 100; null is "insufficient samples".');

const fixture = z.strictObject({ name: z.string(), n: count, total: ms, median: ms, max: ms });

const step = z.strictObject({
  title: z.string(),
  duration: ms,
  failed: z.boolean().optional(),
  place: z.string().optional().describe('File and line.'),
  get steps() {
    return z.array(step).optional();
  },
});

const attachment = z.strictObject({
  name: z.string(),
  contentType: z.string(),
  href: z.string().describe("From the page's folder."),
});

const test = z.strictObject({
  id: z.string(),
  area: z.string(),
  file: z.string(),
  line: z.number().int(),
  title: z.string(),
  tags: z.array(z.string()),
  annotations: z.array(z.strictObject({ type: z.string(), description: z.string().optional() })),
  outcome: z.enum(['passed', 'failed', 'flaky', 'skipped', 'did not run']),
  remark: z.string().describe('What it cost and did, for people: `$0.0031 · 412 rows · p95 38 ms`.'),
  time,
  cost: z.strictObject({ spent: usd, notional: usd, wastedByRetries: usd }),
  attempts: z.array(
    z.strictObject({
      status: z.enum(['passed', 'failed', 'timedOut', 'skipped', 'interrupted']),
      shard: count,
      lane: count,
      startedAt: z.number().describe('Milliseconds since the run began.'),
      duration: ms,
      setUp: ms.describe('At its beginning.'),
      isRepeated: z.boolean().describe('Whether another attempt took its place.'),
      error: z.string().optional().describe('The first one, in a line.'),
      errors: z.array(z.string()).optional().describe('All of them, whole.'),
      steps: z.array(step).optional().describe('Of an attempt that passed, the outermost.'),
      attachments: z.array(attachment).optional().describe('Of an attempt that did not pass.'),
      output: z.string().optional().describe('Of an attempt that did not pass: the end of what it printed.'),
    }),
  ),
});

const area = z.strictObject({
  name: z.string(),
  tests,
  time,
  cost,
  latency: percentiles.extend({ name: z.string() }).nullable().describe('Of the measurement that tells most about it.'),
});

const resources = z.strictObject({
  samples: z.array(
    z.strictObject({
      shard: count,
      at: z.number().describe('Milliseconds since the run began.'),
      cpuPercent: z.number(),
      memoryUsed: z.number(),
      memoryTotal: z.number(),
      diskFree: z.number(),
      diskTotal: z.number(),
      processes: z.number().optional(),
      connections: z.number().optional(),
    }),
  ),
  peak: z
    .strictObject({
      cpuPercent: z.number(),
      memoryPercent: z.number(),
      diskPercent: z.number(),
      processes: z.number().nullable(),
      connections: z.number().nullable(),
    })
    .nullable(),
  alerts: z.array(z.string()).describe('What was exhausted, or nearly so, each in one sentence.'),
});

const coverage = z.strictObject({
  api: z.string(),
  operations: z.array(
    z.strictObject({ operation: z.string(), calls: z.record(z.string(), count).describe('By status.') }),
  ),
  called: count,
  documented: count,
});

const gate = z.strictObject({
  name: z.enum(['successRate', 'duration', 'cost', 'regressions', 'leftBehind']),
  state: z.enum(['passed', 'failed', 'off', 'unknown']),
  limit: z.string(),
  found: z.string(),
  sentence: z.string(),
});

const inventory = z.strictObject({
  before: z.record(z.string(), count).nullable(),
  after: z.record(z.string(), count).nullable(),
  leftBehind: z
    .array(z.strictObject({ kind: z.string(), name: z.string(), area: z.string().optional() }))
    .nullable()
    .describe('Null when no inventory could be taken.'),
});

/** The summary of a run. */
export const summarySchema = z.strictObject({
  version: z.literal(1),
  run: z.strictObject({
    title: z.string().optional(),
    hasPlaywrightReport: z.boolean().describe("Whether Playwright's HTML report is in the same folder."),
    status: z.enum(['passed', 'failed', 'timedout', 'interrupted']),
    startedAt: z.iso.datetime(),
    duration: ms.describe('Wall clock: from the first shard that began to the last that ended.'),
    commit: z.string().optional(),
    shards: z.array(
      z.strictObject({ index: count, name: z.string(), workers: count, duration: ms, machine: z.string() }),
    ),
    missingShards: z.array(z.string()).describe('Those whose report is not there, such as 2/3.'),
    errors: z.array(z.string()),
  }),
  tests,
  time,
  areas: z.array(area),
  measurements: z.array(measurement),
  slowest: z.strictObject({
    tests: z.array(z.strictObject({ id: z.string(), duration: ms })),
    fixtures: z.array(fixture),
  }),
  resources,
  coverage: z.array(coverage),
  cost: cost.extend({
    prices: z.strictObject({ date: z.string(), source: z.string() }),
    estimate: usd.nullable().describe('Made from the history before the run; null without one.'),
    budget: usd.nullable(),
    billedTaskSeconds: z.number().nonnegative().describe("By the provider's rule: whole seconds, a minute at least."),
  }),
  regressions: regressionsSchema,
  inventory,
  gates: z.array(gate),
  missing: z.array(z.string()),
  all: z.array(test),
});

export type Summary = z.infer<typeof summarySchema>;
