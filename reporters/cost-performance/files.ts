import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../../helpers/lib/environment.ts';
import { UsageError } from '../../helpers/lib/usage.ts';
import type { ReporterParts } from './parts.ts';
import type { Report } from './report.ts';
import { renderMarkdown } from './writers/index.ts';

/** The name of our files, in the folder of Playwright's HTML report. */
export const fileName = 'cost-performance';

export interface Destinations {
  readonly folder: string;
  /** A JSON-lines file; `false` for none. */
  readonly history: string | false;
  /** The file that a CI job shows, as Markdown. */
  readonly jobSummary: string | undefined;
}

/** Writes a run's files. Returns what could not be written, each in one sentence. */
export function writeFiles(
  { summary, entry }: Report,
  { folder, history, jobSummary }: Destinations,
  { appendToHistory, renderPage }: Pick<ReporterParts, 'appendToHistory' | 'renderPage'>,
): string[] {
  const page = path.join(folder, `${fileName}.html`);
  return [
    ...complaints(
      `${page} cannot be written`,
      'point the outputFolder of the html reporter at a folder that can be',
      () => {
        mkdirSync(folder, { recursive: true });
        writeFileSync(page, renderPage(summary));
        writeFileSync(path.join(folder, `${fileName}.json`), `${JSON.stringify(summary, null, 1)}\n`);
      },
    ),
    ...(jobSummary === undefined
      ? []
      : complaints(`The summary of the job cannot be written to ${jobSummary}`, 'see GITHUB_STEP_SUMMARY', () =>
          appendFileSync(jobSummary, renderMarkdown(summary)),
        )),
    ...(history === false || entry === undefined || Object.keys(entry.tests).length === 0
      ? []
      : complaints('', '', () => appendToHistory(history, entry))),
  ];
}

function complaints(what: string, mend: string, write: () => void): string[] {
  try {
    write();
    return [];
  } catch (error) {
    if (error instanceof UsageError) return [error.message];
    return [`${what} (${messageOf(error)}): ${mend}.`];
  }
}
