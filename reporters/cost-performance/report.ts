import { fsum } from 'd3-array';
import type { RunCost } from './cost/index.ts';
import { baselineDuration, type History, type HistoryRun } from '../history/index.ts';
import { historyEntry } from './history-entry.ts';
import type { Settings } from './options.ts';
import type { ReporterParts } from './parts.ts';
import type { RunRecord } from './record.ts';
import { summarize, type Summary } from './summary/index.ts';

export interface Report {
  readonly summary: Summary;
  /** The run's entry in the history; undefined for a run that is no measure for others. */
  readonly entry: HistoryRun | undefined;
}

/** The report on a run, from its record and the history. */
export function reportOn(
  record: RunRecord,
  { runs, problems }: History,
  settings: Settings,
  parts: ReporterParts,
): Report {
  const cost = parts.costOf(record, settings.prices, { machine: settings.machine, billedSeconds: parts.billedSeconds });
  const entry = historyEntry(record, fullCosts(cost));
  const began = record.tests.filter(({ outcome }) => outcome !== 'skipped').map(({ id }) => id);
  const judged = summarize(
    { ...record, missing: [...settings.problems, ...problems, ...record.missing] },
    {
      cost,
      regressions: parts.findRegressions(runs, entry, settings.regressions),
      estimate: parts.expectedCost(runs, began),
      budget: settings.budget.run ?? null,
    },
    parts,
  );
  return {
    summary: {
      ...judged,
      gates: parts.checkGates(judged, settings.gates, { duration: baselineDuration(runs, began, entry) }),
    },
    entry: parts.isComplete(record) ? entry : undefined,
  };
}

/** The cost of each test with its share of what belongs to no test, such as idle lanes; the sum is the run's. */
function fullCosts({ run, tests }: RunCost): Map<string, number> {
  const own = [...tests].map(([id, { spent, notional }]) => [id, spent + notional] as const);
  const ofTests = fsum(own, ([, usd]) => usd);
  const full = run.spent.total + run.notional.total;
  return new Map(own.map(([id, usd]) => [id, ofTests === 0 ? 0 : (usd * full) / ofTests]));
}
