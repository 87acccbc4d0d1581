import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../../helpers/lib/environment.ts';
import { UsageError } from '../../helpers/lib/usage.ts';
import { type HistoryRun, historyRunSchema } from './history-run.ts';

export interface History {
  /** Oldest first. */
  readonly runs: readonly HistoryRun[];
  /** What could not be read, each in one sentence. */
  readonly problems: readonly string[];
}

/** Reads a history: one run a line, the newest last. Missing is empty; damaged lines are left out and reported. */
export function readHistory(file: string): History {
  let lines: string[];
  try {
    lines = linesOf(file);
  } catch (error) {
    return {
      runs: [],
      problems: [`The history ${file} cannot be read (${messageOf(error)}): this run is compared with nothing.`],
    };
  }
  const runs: HistoryRun[] = [];
  const problems: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    const run = parse(line);
    if (typeof run === 'string')
      problems.push(
        `Line ${index + 1} of the history ${file} is damaged (${run}): that run is left out; delete the line to hear no more of it.`,
      );
    else runs.push(run);
  }
  return { runs, problems };
}

/**
 * Appends a run and drops the oldest lines, so that `keep` are left; a damaged line stays until then. The file is
 * replaced atomically. Of two runs that end at the same moment one may be lost.
 * @throws UsageError when it cannot be written.
 */
export function appendToHistory(file: string, run: HistoryRun, keep = 30): void {
  try {
    const lines = [...linesOf(file).filter((line) => line !== ''), JSON.stringify(run)].slice(-keep);
    mkdirSync(path.dirname(file), { recursive: true });
    replace(file, `${lines.join('\n')}\n`);
  } catch (error) {
    throw new UsageError(
      `The history ${file} cannot be written (${messageOf(error)}): point the reporter's option history at a file in a folder that can be.`,
    );
  }
}

function replace(file: string, text: string): void {
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The run in a line, or what is wrong with the line. */
function parse(line: string): HistoryRun | string {
  let content: unknown;
  try {
    content = JSON.parse(line);
  } catch {
    return 'it is not JSON';
  }
  const { data, error } = historyRunSchema.safeParse(content);
  if (data !== undefined) return data;
  const { path: place, message } = error.issues[0]!;
  return `${place.length === 0 ? '' : `${place.join('.')}: `}${message}`;
}
