import { divideCost, lanesOf } from './cost/index.ts';
import { baselineDuration, type History, type HistoryRun } from '../history/index.ts';
import { historyEntry } from './history-entry.ts';
import type { Settings } from './options.ts';
import type { ReporterParts } from './parts.ts';
import type { RunRecord } from './record.ts';
import { type Presentation, summarize, type Summary } from './summary/index.ts';

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
  place: Pick<Presentation, 'hasPlaywrightReport' | 'hrefOf'> = nowhere,
): Report {
  const cost = parts.costOf(record, settings.prices, { machine: settings.machine, billedSeconds: parts.billedSeconds });
  const entry = historyEntry(record, divideCost(record, cost));
  const began = record.tests.filter(({ outcome }) => outcome !== 'skipped').map(({ id }) => id);
  const judged = summarize(
    { ...record, missing: [...settings.problems, ...problems, ...record.missing] },
    {
      cost,
      regressions: parts.findRegressions(runs, entry, settings.regressions),
      estimate: parts.expectedCost(runs, { tests: began, shards: record.shards.length, workers: lanesOf(record) }),
      budget: settings.budget.run ?? null,
      presentation: { ...place, title: settings.title },
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

const nowhere: Pick<Presentation, 'hasPlaywrightReport' | 'hrefOf'> = {
  hasPlaywrightReport: false,
  hrefOf: (file) => file,
};
