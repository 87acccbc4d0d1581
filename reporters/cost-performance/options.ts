import { z } from 'zod';
import { messageOf } from '../../helpers/lib/environment.ts';
import { type Budget, listPrices, overridePrices, parseBudget, type PriceTable, readPrices } from './cost/index.ts';
import { type GateOptions, gateOptionsSchema } from './gates/index.ts';
import { type RegressionOptions, regressionOptionsSchema } from '../history/index.ts';
import { validated } from './validated.ts';

const billing = z.enum(['spent', 'notional'], 'spent or notional');

/** The reporter's options in `playwright.config.ts`; paths are relative to that file. */
const optionsSchema = z.strictObject({
  /** The history that runs are compared with and added to; `false` for none. */
  history: z.union([z.string(), z.literal(false)], 'a file or false').default('.proving-ground/history.jsonl'),
  /** Other prices: a JSON file, or an object such as `{ date: '2026-11-01', source: 'our contract', sqs: 0.3 }`. */
  prices: z.union([z.string(), z.looseObject({})], 'a file or an object').optional(),
  /** The most that a run may cost: `{ run: 0.5 }`, in US dollars. */
  budget: z.unknown().optional(),
  gates: z.unknown().optional(),
  /** What counts as slower: `{ smallestEffect: 1.5 }`. */
  regressions: z.unknown().optional(),
  /** Whether the machine is billed; by default in CI. */
  machine: billing.optional(),
  /** Stands above the verdict on the page, such as the name of a branch. */
  title: z.string('a text').optional(),
  /** In the configuration of a merge: the folder of the merged blobs. */
  merge: z.string('a folder').optional(),
});

export type ReporterOptions = z.input<typeof optionsSchema> & {
  readonly budget?: Budget;
  readonly gates?: Partial<GateOptions>;
  readonly regressions?: Partial<RegressionOptions>;
};

export interface Settings extends Pick<z.infer<typeof optionsSchema>, 'history' | 'merge' | 'title'> {
  readonly machine: z.infer<typeof billing>;
  readonly prices: PriceTable;
  readonly budget: Budget;
  readonly gates: GateOptions;
  readonly regressions: RegressionOptions;
  /** Mistakes, each in one sentence; the default is used instead. */
  readonly problems: readonly string[];
}

/** Reads a user's options. Mistakes are reported and do not keep the tests from running. */
export function readOptions(given: Readonly<Record<string, unknown>>, resolve: (file: string) => string): Settings {
  const problems: string[] = [];
  /** The default when it throws. */
  function attempt<T>(read: () => T, otherwise: T): T {
    try {
      return read();
    } catch (error) {
      problems.push(messageOf(error));
      return otherwise;
    }
  }
  const where = 'Options of the cost and performance reporter';
  const {
    history,
    prices,
    budget = {},
    gates = {},
    regressions = {},
    machine = process.env['CI'] ? 'spent' : 'notional',
    merge,
    title,
  } = attempt(() => validated(optionsSchema, given, where), optionsSchema.parse({}));
  return {
    history: history === false ? false : resolve(history),
    machine,
    title,
    merge: merge === undefined ? undefined : resolve(merge),
    prices: attempt(
      () =>
        prices === undefined
          ? listPrices
          : typeof prices === 'string'
            ? readPrices(listPrices, resolve(prices))
            : overridePrices(listPrices, prices),
      listPrices,
    ),
    budget: attempt(() => parseBudget(budget), {}),
    gates: attempt(() => validated(gateOptionsSchema, gates, 'Gates'), gateOptionsSchema.parse({})),
    regressions: attempt(
      () => validated(regressionOptionsSchema, regressions, 'Regressions'),
      regressionOptionsSchema.parse({}),
    ),
    problems,
  };
}
