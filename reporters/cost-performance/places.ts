import path from 'node:path';
import type { FullConfig } from '@playwright/test/reporter';

/** The folder of Playwright's HTML report, which also gets ours. */
export function htmlFolder(config: FullConfig, configFolder: string): string {
  const fromEnvironment = process.env['PLAYWRIGHT_HTML_OUTPUT_DIR'] ?? process.env['PLAYWRIGHT_HTML_REPORT'];
  return fromEnvironment === undefined
    ? path.resolve(configFolder, optionOf(config, 'html', 'outputFolder') ?? 'playwright-report')
    : path.resolve(fromEnvironment);
}

/** The folder of a shard's blob; undefined when there is none. */
export function blobFolder(config: FullConfig, configFolder: string): string | undefined {
  if (!config.reporter.some(([name]) => name === 'blob')) return undefined;
  const { PLAYWRIGHT_BLOB_OUTPUT_FILE: file, PLAYWRIGHT_BLOB_OUTPUT_DIR: folder } = process.env;
  if (file !== undefined) return path.dirname(path.resolve(file));
  return folder === undefined
    ? path.resolve(configFolder, optionOf(config, 'blob', 'outputDir') ?? 'blob-report')
    : path.resolve(folder);
}

function optionOf(config: FullConfig, reporter: string, option: string): string | undefined {
  const [, options] = config.reporter.find(([name]) => name === reporter) ?? [];
  return (options as Record<string, string> | undefined)?.[option];
}
