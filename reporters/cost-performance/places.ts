import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { FullConfig } from '@playwright/test/reporter';

/** Where Playwright writes a run's reports, so that ours lie beside them. */
export interface Places {
  /** The folder of the HTML report. */
  readonly html: (config: FullConfig, configFolder: string) => string;
  /** The folder of a shard's blob; undefined when there is none. */
  readonly blobs: (config: FullConfig, configFolder: string) => string | undefined;
  /** The address of an attached file, from the folder of our page. */
  readonly attachment: (file: string, folder: string, config: FullConfig) => string;
}

export const places: Places = {
  html: (config, configFolder) => {
    const fromEnvironment = process.env['PLAYWRIGHT_HTML_OUTPUT_DIR'] || process.env['PLAYWRIGHT_HTML_REPORT'];
    return fromEnvironment
      ? path.resolve(fromEnvironment)
      : placeOf(configFolder, optionOf(config, 'html', 'outputFolder'), 'playwright-report');
  },

  blobs: (config, configFolder) => {
    if (!config.reporter.some(([name]) => name === 'blob')) return undefined;
    const { PLAYWRIGHT_BLOB_OUTPUT_FILE: file, PLAYWRIGHT_BLOB_OUTPUT_DIR: folder } = process.env;
    if (file) return path.dirname(path.resolve(file));
    const fileOption = optionOf(config, 'blob', 'outputFile');
    if (fileOption !== undefined) return path.dirname(path.resolve(configFolder, fileOption));
    return folder ? path.resolve(folder) : placeOf(configFolder, optionOf(config, 'blob', 'outputDir'), 'blob-report');
  },

  attachment: (file, folder, config) => {
    const beside = path.relative(folder, file).replaceAll(path.sep, '/');
    if (!hasHtmlReport(config) || !existsSync(file)) return beside;
    // The HTML report has a copy, under the hash of its content.
    const name = createHash('sha1').update(readFileSync(file)).digest('hex') + path.extname(file);
    const base =
      process.env['PLAYWRIGHT_HTML_ATTACHMENTS_BASE_URL'] || optionOf(config, 'html', 'attachmentsBaseURL') || 'data/';
    return `${base}${name}`;
  },
};

/** Whether the HTML report is written, too. */
export function hasHtmlReport({ reporter }: FullConfig): boolean {
  return reporter.some(([name]) => name === 'html');
}

/** As Playwright does: an option counts from the configuration, what none says from the nearest package.json. */
function placeOf(configFolder: string, option: string | undefined, usual: string): string {
  return option === undefined ? path.join(packageFolder(configFolder), usual) : path.resolve(configFolder, option);
}

/** The folder of the nearest package.json above; where there is none, the one that Playwright was started in. */
function packageFolder(folder: string): string {
  if (existsSync(path.join(folder, 'package.json'))) return folder;
  const parent = path.dirname(folder);
  return parent === folder ? process.cwd() : packageFolder(parent);
}

function optionOf(config: FullConfig, reporter: string, option: string): string | undefined {
  const [, options] = config.reporter.find(([name]) => name === reporter) ?? [];
  return (options as Record<string, string> | undefined)?.[option];
}
