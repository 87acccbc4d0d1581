import { interleave, type Lane, type Rounds } from './interleave.ts';
import { type Goal, type Report, shown } from './report.ts';
import { ratio, summarize } from './statistics.ts';

/** One row of the comparison. */
export interface Entry {
  /** The key of its median. */
  readonly key: string;
  readonly label: string;
  readonly lane: Lane;
  readonly goal?: Goal;
  /** The entry of this project that it is compared with, and the key of the ratio. */
  readonly against?: { readonly ours: string; readonly key: string; readonly goal?: Goal };
}

/** Measures entries in turn, and reports their medians and how many times faster this project is. */
export async function tabulate(
  report: Report,
  title: string,
  entries: readonly Entry[],
  rounds: Rounds,
): Promise<void> {
  const series = await interleave(
    entries.map(({ key, lane }) => ({ name: key, lanes: [lane] })),
    rounds,
  );
  const values = (key: string): readonly number[] => series.get(key)!.each;
  const rows = entries.map(({ key, label, goal, against }) => {
    const { median, p95, n } = summarize(values(key));
    const verdict = report.figure(key, median, goal);
    const times =
      against === undefined
        ? verdict
        : report.ratio(against.key, ratio(values(key), values(against.ours)), against.goal);
    return [label, shown(median), shown(p95), String(n), times];
  });
  report.table(title, ['', 'median ms', 'p95 ms', 'n', 'goal; ours is … times faster'], rows);
}
