import { sum } from 'd3-array';
import { counted, formatDuration, formatShare } from '../../helpers/lib/format.ts';

/** How far a run is. Times are in milliseconds. */
export interface Progress {
  readonly elapsed: number;
  readonly workers: number;
  /** The durations of finished tests. */
  readonly over: readonly { readonly id: string; readonly duration: number }[];
  readonly running: readonly { readonly id: string; readonly place: string; readonly since: number }[];
  /** Ids of the tests that have not begun. */
  readonly waiting: readonly string[];
  /** The history's expected duration of each test, by id. */
  readonly expected: ReadonlyMap<string, number>;
}

const mostShown = 4;

/** What is running, how far the run is, and how much longer it will take. */
export function progressLine(progress: Progress): string {
  const { elapsed, over, running, waiting } = progress;
  const total = over.length + running.length + waiting.length;
  const longest = running.toSorted((left, right) => right.since - left.since);
  const shown = longest.slice(0, mostShown).map(({ place, since }) => `${place} for ${formatDuration(since)}`);
  const more = longest.length - shown.length;
  const left = expectedRemaining(progress);
  return [
    `${formatDuration(elapsed)}: ${over.length} of ${counted(total, 'test')} (${formatShare(over.length / total)})`,
    ...(left < 1_000 ? [] : [`about ${formatDuration(left)} to go`]),
    ...(shown.length === 0 ? [] : [`running ${shown.join(', ')}${more === 0 ? '' : ` and ${more} more`}`]),
  ].join('; ');
}

/** The remaining time by the history over the workers, at least the longest test's; 0 when nothing is known. */
function expectedRemaining({ over, running, waiting, workers, expected }: Progress): number {
  const known = over.map(({ duration }) => duration);
  const usual = known.length > 0 ? sum(known) / known.length : sum(expected.values()) / Math.max(1, expected.size);
  const left = [
    ...running.map(({ id, since }) => Math.max(0, (expected.get(id) ?? usual) - since)),
    ...waiting.map((id) => expected.get(id) ?? usual),
  ];
  return Math.max(sum(left) / workers, ...left);
}
