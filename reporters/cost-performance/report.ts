import { costOf } from './cost/index.ts';
import { checkGates } from './gates/index.ts';
import { baselineDuration, expectedCost, type History, type HistoryRun, toHistoryRun } from './history/index.ts';
import type { Settings } from './options.ts';
import type { RunRecord } from './record.ts';
import { findRegressions } from './regressions/index.ts';
import { summarize, type Summary } from './summary/index.ts';

export interface Report {
  readonly summary: Summary;
  /** What the history is to remember of this run. */
  readonly entry: HistoryRun;
}

/** Everything that is told about a run, from what it was and what was before. */
export function reportOn(record: RunRecord, { runs }: History, { prices, budget, gates, machine }: Settings): Report {
  const cost = costOf(record, prices, { machine });
  const entry = toHistoryRun(record, new Map([...cost.tests].map(([id, { spent, notional }]) => [id, spent + notional])));
  const began = record.tests.filter(({ outcome }) => outcome !== 'skipped').map(({ id }) => id);
  const judged = summarize(record, { cost, regressions: findRegressions(runs, entry), estimate: expectedCost(runs, began), budget: budget.run ?? null });
  return { summary: { ...judged, gates: checkGates(judged, gates, { duration: baselineDuration(runs, began) }) }, entry };
}
