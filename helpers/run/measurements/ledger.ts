import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type JournalEntry, journalFolder, type JournalLine } from './journal.ts';
import type { Measurement } from './measurement.ts';

/** A run's measurements that are attached to no test. */
export interface Ledger {
  /** By {@link attemptKey}, for attempts whose worker was killed before it could attach them. */
  readonly attempts: ReadonlyMap<string, readonly Measurement[]>;
  /** Measurements between tests and after the last. */
  readonly rest: readonly LedgerEntry[];
}

export interface LedgerEntry {
  /** Name of the project. */
  readonly area: string;
  readonly measurement: Measurement;
}

/** Reads the journals in an output folder; without journals the ledger is empty. */
export function readLedger(outputFolder: string): Ledger {
  const folder = journalFolder(outputFolder);
  const names = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.jsonl'))
        .toSorted()
    : [];
  const open = names.flatMap((name) => unsettled(readFileSync(path.join(folder, name), 'utf8')));
  const attempts = new Map<string, Measurement[]>();
  const rest: LedgerEntry[] = [];
  for (const { area, attempt, measurement } of open) {
    if (attempt === undefined) rest.push({ area, measurement });
    else if (!attempts.get(attempt)?.push(measurement)) attempts.set(attempt, [measurement]);
  }
  return { attempts, rest };
}

/** The entries of a journal that are attached to no test. Text after the last line break is an unfinished line. */
function unsettled(journal: string): JournalEntry[] {
  const lines = journal
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as JournalLine);
  const settled = lines.reduce((most, line) => ('settled' in line ? line.settled : most), 0);
  return lines.filter((line) => 'measurement' in line).slice(settled);
}
